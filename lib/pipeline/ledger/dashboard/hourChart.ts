/** Bars by hour as an inline SVG: no script, no external resource, readable in light and dark. */
import { SEND_STATES } from '../../../store/store';
import type { StateCounts } from '../outcomes';
import type { Figures } from './figures';
import { type Html, html } from './markup';

interface Series {
	name: string;
	/** CSS class that gives the colour. */
	style: string;
	of: (sends: StateCounts) => number;
}

/** From the bottom up. */
export const SERIES: readonly Series[] = [
	{ name: 'Accepted or delivered', style: 'good', of: (s) => s.accepted + s.delivered },
	{ name: 'Waiting', style: 'wait', of: (s) => s.reserved + s.leased + s.transmitting + s.deferred },
	{ name: 'In doubt', style: 'doubt', of: (s) => s.in_doubt + s.needs_review },
	{ name: 'Bounced, refused or complained', style: 'bad', of: (s) => s.bounced + s.failed + s.complained },
	{ name: 'Not sent', style: 'off', of: (s) => s.suppressed + s.canceled + s.expired },
];

const [WIDTH, HEIGHT, FOOT] = [960, 180, 22];

/** More would be thinner than a pixel on a telephone, and make the page heavy. */
const MOST_BARS = 96;

/** Beyond four days a bar stands for several hours. */
export function hourChart(all: Figures['hours']): Html {
	const hours = bars(all, Math.ceil(all.length / MOST_BARS));
	const totals = hours.map(({ sends }) => SERIES.reduce((sum, { of }) => sum + of(sends), 0));
	const highest = Math.max(1, ...totals, ...hours.map(({ received }) => received));
	const step = WIDTH / Math.max(1, hours.length);
	const y = (count: number): number => (HEIGHT - FOOT) * (1 - count / highest);
	const columns = hours.map(({ at, received, sends }, index) => {
		let below = 0;
		const parts = SERIES.flatMap(({ of, style }) => {
			const count = of(sends);
			if (count === 0) return [];
			const top = y(below + count);
			const height = y(below) - top;
			below += count;
			return [rect(index * step + step * 0.15, top, step * 0.7, height, style)];
		});
		const title = `${hourOf(at)}: ${received} received, ${totals[index] ?? 0} sent`;
		return html`<g
			><title>${title}</title
			><rect class="hit" x="${fixed(index * step)}" y="0" width="${fixed(step)}" height="${HEIGHT - FOOT}" />${parts}</g
		>`;
	});
	const line = hours.map(({ received }, index) => `${fixed((index + 0.5) * step)},${fixed(y(received))}`).join(' ');
	const everyNth = Math.ceil(hours.length / 12);
	const labels = hours.flatMap(({ at }, index) =>
		index % everyNth === 0
			? [
					html`<text x="${fixed((index + 0.5) * step)}" y="${HEIGHT - 6}" text-anchor="middle"
						>${hourOf(at).slice(11)}</text
					>`,
				]
			: [],
	);
	return html`<svg
		class="chart"
		viewBox="0 0 ${WIDTH} ${HEIGHT}"
		role="img"
		aria-label="Mails received and sent over time, at most ${highest} in one bar"
	>
		<text x="2" y="10">${highest}</text>
		${columns}
		<polyline class="received" points="${line}" />
		${labels}
	</svg>`;
}

function bars(hours: Figures['hours'], together: number): Figures['hours'] {
	const starts = hours.filter((_, index) => index % together === 0);
	return starts.map(({ at }, index) => {
		const joined = hours.slice(index * together, (index + 1) * together);
		const sends = Object.fromEntries(
			SEND_STATES.map((state) => [state, joined.reduce((sum, hour) => sum + hour.sends[state], 0)]),
		) as StateCounts;
		return { at, sends, received: joined.reduce((sum, { received }) => sum + received, 0) };
	});
}

function rect(x: number, y: number, width: number, height: number, style: string): Html {
	return html`<rect
		class="${style}"
		x="${fixed(x)}"
		y="${fixed(y)}"
		width="${fixed(width)}"
		height="${fixed(height)}"
	/>`;
}

function fixed(value: number): string {
	return value.toFixed(1);
}

/** `2026-11-24 10:00`, UTC. */
function hourOf(at: number): string {
	return new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}
