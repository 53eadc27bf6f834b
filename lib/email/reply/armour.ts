/** Clear-signed text: RFC 9580, 7 (OpenPGP). The armour is none of the author's words. */

const BEGIN = /^-----BEGIN PGP SIGNED MESSAGE-----\s*$/;
const SIGNATURE = /^-----BEGIN PGP SIGNATURE-----\s*$/;
const END = /^-----END PGP SIGNATURE-----\s*$/;
const ARMOUR_HEADER = /^(?:Hash|Charset|Comment|Version|NotDashEscaped): /;

export interface Armoured {
	/** Dash escapes undone. */
	lines: string[];
	/** Lines of the armour. */
	armour: ReadonlySet<number>;
}

/** Finds the armour around what is signed; lines keep their places. */
export function readArmour(lines: readonly string[]): Armoured {
	const begin = lines.findIndex((line) => BEGIN.test(line));
	const signature = begin < 0 ? -1 : lines.findIndex((line, at) => at > begin && SIGNATURE.test(line));
	if (signature < 0) return { lines: [...lines], armour: new Set() };
	const armour = new Set<number>([begin]);
	for (let at = begin + 1; ARMOUR_HEADER.test(lines[at] ?? ''); at++) armour.add(at);
	for (let at = signature; at < lines.length; at++) {
		armour.add(at);
		if (END.test(lines[at] ?? '')) break;
	}
	const inside = (at: number): boolean => at > begin && at < signature;
	return { lines: lines.map((line, at) => (inside(at) ? line.replace(/^- /, '') : line)), armour };
}
