import { clean, fold } from './line';
import { DISCLAIMER_LOCALES, LIST_FOOTERS } from './locales/disclaimers';
import { DEVICES, FOOTER_RULES } from './locales/footers';

/** A footer longer than this is a sentence of the author's. */
const MOST_CHARACTERS = 120;
const MOST_WORDS = 18;
/** How far into a paragraph a disclaimer shows itself. */
const LOOKED_AT_PARAGRAPH = 1200;
const SHORTEST_DISCLAIMER = 20;

const RULES = FOOTER_RULES.map(({ begin, end }) => ({ begin: begin?.map(fold), end: end?.map(fold) }));
const LISTS = LIST_FOOTERS.map(fold);
const DISCLAIMERS = DISCLAIMER_LOCALES.map(({ about, claim, begin }) => ({
	about: about.map(fold),
	claim: claim.map(fold),
	begin: begin.map(fold),
}));

const escape = (word: string): string => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const DEVICE = new RegExp(`(?<!\\p{L})(?:${DEVICES.map(escape).join('|')})(?!\\p{L})`, 'u');
/** Someone's own words for it: `<<sent by galaxy>>`, `Typed on my phone`. */
const OWN_WORDS = /^(?:sent|from|typed|written|posted|via|gesendet|envoyé|enviado|inviato|verzonden) /;
/** `Someone from mobile`: a name, a preposition, a device. */
const NAMED =
	/^\p{Lu}[\p{L}.'’-]{0,30}(?: \p{Lu}[\p{L}.'’-]{0,30})? (?:from|via|von|de|desde|da) (?:my |a )?(\p{L}+(?: \p{L}+)?)$/iu;

/** Without brackets, links and stars around it: html made plain and people's own decoration. */
function undecorated(line: string): string {
	return line
		.replace(/\[([^\]]{0,200})\]\([^)]{0,300}\)/g, '$1')
		.replace(/[<[(]?https?:\/\/[^\s>\])]*[>\])]?/g, ' ')
		.replace(/^[\s<([*_"“]+|[\s>)\]*_"”.!]+$/g, '')
		.replace(/ {2,}/g, ' ');
}

/**
 * Whether a line was added by a mobile client or a webmailer.
 *
 * @param apart it stands below a blank line or another footer; else it must name a device
 */
export function isFooter(raw: string, apart: boolean): boolean {
	const line = undecorated(fold(raw));
	if (line === '' || line.length > MOST_CHARACTERS || line.split(' ').length > MOST_WORDS) return false;
	// `Sent via DHL, 0034043…` is about a parcel.
	if (/\d{5}/.test(line)) return false;
	const device = DEVICE.test(line);
	const ruled = RULES.some(
		({ begin, end }) =>
			(begin === undefined || begin.some((phrase) => line.startsWith(phrase))) &&
			(end === undefined || end.some((phrase) => line.endsWith(phrase))),
	);
	if (ruled)
		return (
			apart ||
			device ||
			/outlook|iphone|ipad|windows|yahoo|proton ?mail|tuta|gmx|bluemail|airmail|zoho mail|mail\.ru|yandex/.test(line)
		);
	if (device && OWN_WORDS.test(line) && line.split(' ').length <= 10) return true;
	const named = NAMED.exec(clean(raw));
	return apart && named?.[1] !== undefined && !/^i /i.test(line) && DEVICE.test(named[1].toLowerCase());
}

export type Notice =
	/** This paragraph is a notice. */
	| 'paragraph'
	/** It heads one: what stands below belongs to it. */
	| 'heading';

/** Whether a paragraph is a legal note, a scanner's stamp or a list's footer; null when it is not. */
export function readNotice(paragraph: string): Notice | null {
	const text = fold(paragraph.slice(0, LOOKED_AT_PARAGRAPH)).replace(/^[*_> ]+/, '');
	if (LISTS.some((phrase) => text.startsWith(phrase))) return 'paragraph';
	for (const { about, claim, begin } of DISCLAIMERS) {
		const started = begin.find((phrase) => text.startsWith(phrase));
		if (started !== undefined) return text.length <= started.length + 40 ? 'heading' : 'paragraph';
		if (text.length < SHORTEST_DISCLAIMER) continue;
		if (about.some((phrase) => text.includes(phrase)) && claim.some((phrase) => text.includes(phrase)))
			return 'paragraph';
	}
	return null;
}
