const TICK_MS = 15_000;

/**
 * Runs one long step and says so: a line when it starts, one every 15 seconds, and one when it is done.
 *
 * @template T
 * @param {string} title such as "Installing the dependencies"
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(title, work) {
	const started = Date.now();
	const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;
	console.log(`${title} …`);
	const ticker = setInterval(() => console.log(`  … still at it: ${title} (${seconds()})`), TICK_MS);
	try {
		const result = await work();
		console.log(`  done in ${seconds()}`);
		return result;
	} finally {
		clearInterval(ticker);
	}
}
