import type { CanonicalMessage } from '../message';

type Spam = NonNullable<CanonicalMessage['spam']>;

function number(text: string | undefined): number | null {
	if (text === undefined) return null;
	const value = Number(text);
	return Number.isFinite(value) ? value : null;
}

/**
 * A spam filter's verdict as its headers tell it: SpamAssassin and Rspamd (X-Spam-Status, X-Spam-Flag, X-Spam-Score),
 * Rspamd (X-Spamd-Result), Microsoft 365 (X-MS-Exchange-Organization-SCL, -1 to 9). Undefined when there is none.
 * Anyone can write these headers: they are told, never acted on here.
 */
export function readSpam(headers: Readonly<Record<string, string[]>>): Spam | undefined {
	const first = (name: string): string | undefined => headers[name]?.[0];
	const status = first('x-spam-status');
	const flag = first('x-spam-flag');
	const score = first('x-spam-score');
	if (status !== undefined || flag !== undefined || score !== undefined) {
		const told = flag ?? status;
		return {
			score: number(
				/(?:score|hits)=(-?\d+(?:\.\d+)?)/i.exec(status ?? '')?.[1] ?? /-?\d+(?:\.\d+)?/.exec(score ?? '')?.[0],
			),
			flagged:
				told === undefined
					? null
					: /^\s*(?:yes|true)\b/i.test(told)
						? true
						: /^\s*(?:no|false)\b/i.test(told)
							? false
							: null,
			source: status !== undefined ? 'x-spam-status' : flag !== undefined ? 'x-spam-flag' : 'x-spam-score',
		};
	}
	const rspamd = first('x-spamd-result');
	if (rspamd !== undefined) {
		const verdict = /\b(True|False)\b/i.exec(rspamd)?.[1]?.toLowerCase();
		return {
			score: number(/\[(-?\d+(?:\.\d+)?) \//.exec(rspamd)?.[1]),
			flagged: verdict === undefined ? null : verdict === 'true',
			source: 'x-spamd-result',
		};
	}
	const scl = number(first('x-ms-exchange-organization-scl'));
	if (scl !== null) return { score: scl, flagged: scl >= 5, source: 'x-ms-exchange-organization-scl' };
	return undefined;
}
