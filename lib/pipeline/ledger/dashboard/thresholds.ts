/** From which share on a rate wants attention, and from which it harms what you send. */
export interface Threshold {
	warning: number;
	critical: number;
	/** Why these numbers. */
	source: string;
}

export const THRESHOLDS = {
	bounce: {
		warning: 0.02,
		critical: 0.05,
		source: 'Amazon SES reviews accounts from 5 % on and recommends less than 2 %',
	},
	complaint: {
		warning: 0.001,
		critical: 0.003,
		source: 'Google and Yahoo want less than 0.1 %, and never 0.3 %',
	},
} as const satisfies Record<string, Threshold>;

export type Level = 'none' | 'good' | 'warning' | 'critical';

export function levelOf(rate: number | null, { warning, critical }: Threshold): Level {
	if (rate === null) return 'none';
	if (rate >= critical) return 'critical';
	return rate >= warning ? 'warning' : 'good';
}
