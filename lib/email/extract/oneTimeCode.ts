import type { CanonicalMessage, Extracted } from '../message';
import { textOfHtml } from '../parse/htmlText';
import { VERIFICATION_PHRASES } from './locales/verificationPhrases';
import { comparable, findPhrase, type FoundPhrase, longestPhrase, plainDigits, readableLines } from './phraseMatch';

type Code = NonNullable<Extracted['code']>;

const CODE_PHRASES = VERIFICATION_PHRASES.map(({ language, code }) => ({ language, phrases: code }));
const OTHER_CODES = VERIFICATION_PHRASES.flatMap(({ otherCode }) => otherCode);

/** Lines behind the phrase that may hold the code by itself. */
const LINES_BEHIND = 4;
/** Letters that may stand beside the code in such a line: `Code: 123456`. */
const LETTERS_BESIDE = 12;
/** Characters between phrase and code in one line. */
const NEAR = 80;
/** Right before the code: it is part of something longer. */
const GLUED_BEFORE = /(?:[#№*•€$£¥₹@/\\&?_.,+-]|[+\d][ -])$/;
/** Before it: an amount, a number of something else, the end of a masked one. */
const NOT_BEFORE =
	/(?:\b(?:order|invoice|ticket|case|reference|ref|account|customer|parcel|booking|bestellung|bestell(?:ung|nummer)|rechnung|rechnungsnummer|kundennummer|commande|facture|pedido|factura|fatura|ordine|fattura|bestelling|factuur|zamówienie|zamówienia|objednávka|заказ|заказа|sipariş)(?: ?(?:number|no|nr|num|id|nummer|n°|núm))?\.?:?|[#№€$£¥₹]|[*•]{2,}|\bx{2,}|\b(?:ending|ends)(?: in| with)?|\b(?:tel|phone|fax)\.?:?)$/i;
/** Right behind it, likewise. */
const NOT_BEHIND = /^(?:[@/\\%€$£¥₹°_]|[.,:]\d|[ -]\d{3}|-\d|\s?(?:minut|hour|stund|day|tag|jour|sec|%))/i;

/** How codes are written, the surest form first. */
const FORMS: readonly RegExp[] = [
	// G-123456, G-445 102
	/(?<![\p{L}\d])[A-Z]{1,3}-(?:\d{4,8}|\d{3} \d{3})(?![\p{L}\d])/gu,
	// 123456, 123 456, 123-456, 12 34 56
	/(?<![\p{L}\d])(?:\d{4,10}|\d{3}[ -]\d{3}|\d{4}[ -]\d{4}|\d{2}[ -]\d{2}[ -]\d{2}|\d(?: \d){3,7})(?![\p{L}\d])/gu,
	// A7K2Q9, XK3-9QD
	/(?<![\p{L}\d-])(?=[A-Z\d-]*\d)(?=[A-Z\d-]*[A-Z])(?:[A-Z\d]{4,10}|[A-Z\d]{3,5}-[A-Z\d]{3,5}(?:-[A-Z\d]{3,5})?)(?![\p{L}\d-])/gu,
];
/** Forms that are codes only where nothing else stands beside them. */
const LONE_FORMS: readonly RegExp[] = [
	/(?<![\p{L}\d-])(?:[A-Z]{3,5}-[A-Z]{3,5}|[A-Z]{6,8})(?![\p{L}\d-])/gu,
	/(?<![\p{L}\d-])(?=[a-z\d]*\d)(?=[a-z\d]*[a-z])[a-z\d]{5,10}(?![\p{L}\d-])/gu,
];

/** Lines of a mail that tell what it is about. */
const CONTEXT_LINES = 40;
/** Words of vouchers, in the languages of the tables: `Your code for 20% off: WINTER2026`. */
const PROMOTES =
	/\d ?% ?(?:off|rabatt|de (?:réduction|remise|descuento|desconto)|di sconto|korting|zniżki|slev|скид)|\b(?:coupons?|vouchers?|discounts?|promo(?:tional|tion)?|gift ?cards?|checkout|sale ends)\b|gutschein|rabatt|aktionscode|réduction|code promo|carte cadeau|descuento|cup[oó]n|tarjeta regalo|desconto|cupom|vale-presente|sconto|buono|kortingscode|cadeaubon|waardebon|zniżk|rabat|kupon|slevov|kedvezmény|reducere|έκπτωσ|indirim|скидк|промокод|купон|знижк|отстъпка|הנחה|קופון|خصم|قسيمة|تخفیف|छूट|ส่วนลด|giảm giá|diskon|優惠|优惠|折扣|割引|クーポン|할인|쿠폰/iu;
/** Phrases that no voucher bears. */
const SIGNS_IN =
	/verif|confirm|secur|one[- ]time|log-?in|sign-?in|authenti|two-|otp|2fa|passcode|bestätigung|sicherheit|einmal|anmelde|tan|sécurité|usage unique|connexion|seguridad|solo uso|inicio|segurança|sicurezza|monouso|accesso|weryfik|ověř|over|potvrz|ellenőrz|doğrula|güvenlik|подтвержд|підтвердж|потвържд|επαλήθευ|אימות|تحقق|تأیید|सत्यापन|ยืนยัน|xác (?:minh|thực)|認証|確認|验证|驗證|인증|engång|bekræft|bekreft|vahvist|verificat/iu;

interface Candidate {
	written: string;
	at: number;
	end: number;
}

/**
 * Finds the one-time code of a message: a number or word of a code's form beside a phrase of the language tables, in the
 * subject, the text or the html. Without such a phrase nothing is a code.
 *
 * @returns null when there is none
 */
export function findOneTimeCode({
	subject,
	text,
	html,
}: Pick<CanonicalMessage, 'subject' | 'text' | 'html'>): Code | null {
	const sources: Array<[Code['source'], () => string]> = [
		['text', () => text],
		['html', () => (html === null ? '' : textOfHtml(html))],
		['subject', () => subject],
	];
	for (const [source, read] of sources) {
		const lines = readableLines(read()).map(withoutAddresses);
		const found = inLines(lines, PROMOTES.test([subject, ...lines.slice(0, CONTEXT_LINES)].join(' ')));
		if (found !== null) return { ...found, source };
	}
	return null;
}

/** Addresses hold numbers that are no codes. */
function withoutAddresses(line: string): string {
	return line
		.replace(/\bhttps?:\/\/\S+/gi, ' ')
		.replace(/[^\s@]{1,64}@[^\s@]{1,255}/g, ' ')
		.replace(/ {2,}/g, ' ');
}

/** @param promotes the mail sells something: then only a phrase that names a code for signing in counts */
function inLines(lines: readonly string[], promotes: boolean): Omit<Code, 'source'> | null {
	let best: { found: Omit<Code, 'source'>; score: number } | null = null;
	for (const [index, line] of lines.entries()) {
		const plain = comparable(line);
		const phrase = longestPhrase(plain, CODE_PHRASES);
		if (phrase === null || isOtherCode(plain, phrase) || (promotes && !SIGNS_IN.test(phrase.phrase))) continue;
		const here = inSameLine(line, plain, phrase);
		const [candidate, where, score] =
			here !== null ? [here, line, 100] : behind(lines.slice(index + 1, index + 1 + LINES_BEHIND));
		if (candidate === null) continue;
		// A longer phrase says more: “verification code” against “your code”.
		const total = score + phrase.phrase.length;
		if (best !== null && total <= best.score) continue;
		best = {
			found: { value: typed(candidate.written), phrase: phrase.phrase, language: phrase.language, line: where },
			score: total,
		};
	}
	return best?.found ?? null;
}

/** `Your promo code:` names another kind of code. */
function isOtherCode(line: string, phrase: FoundPhrase): boolean {
	const before = line.slice(Math.max(0, phrase.at - 25), phrase.end);
	return OTHER_CODES.some((word) => findPhrase(before, word) >= 0);
}

function candidatesIn(line: string, forms: readonly RegExp[]): Candidate[] {
	const text = plainDigits(line);
	for (const form of forms) {
		const found = [...text.matchAll(form)]
			.map((match): Candidate => ({ written: match[0], at: match.index, end: match.index + match[0].length }))
			.filter(({ at, end }) => {
				const before = text.slice(Math.max(0, at - 14), at);
				if (GLUED_BEFORE.test(before) || NOT_BEFORE.test(before.trimEnd())) return false;
				return !NOT_BEHIND.test(text.slice(end, end + 10));
			});
		if (found.length > 0) return found;
	}
	return [];
}

/** The candidate nearest to the phrase, behind it rather than before. */
function inSameLine(line: string, plain: string, phrase: FoundPhrase): Candidate | null {
	const candidates = candidatesIn(line, FORMS).filter((candidate) => !isYear(candidate, plain, phrase));
	const after = candidates.filter(({ at }) => at >= phrase.end && at - phrase.end <= NEAR);
	const before = candidates.filter(({ end }) => end <= phrase.at && phrase.at - end <= NEAR);
	return after[0] ?? before.at(-1) ?? null;
}

/** A year is a code only right behind the phrase: `your code is 2024`. */
function isYear({ written, at }: Candidate, plain: string, { end }: FoundPhrase): boolean {
	if (!/^(?:19|20)\d\d$/.test(written)) return false;
	return at < end || !/^\s*(?:is|:|=|-|lautet|est|es|è|é|to|to jest)?\s*:?\s*$/.test(plain.slice(end, at));
}

/** A line with the code and next to nothing beside it. */
function behind(lines: readonly string[]): [Candidate | null, string, number] {
	for (const [distance, line] of lines.entries()) {
		const known = candidatesIn(line, FORMS);
		const candidates = known.length > 0 ? known : candidatesIn(line, LONE_FORMS);
		const [first] = candidates;
		if (first === undefined || candidates.length > 1) continue;
		const beside = line.slice(0, first.at) + line.slice(first.end);
		const letters = beside.replace(/[^\p{L}\d]/gu, '').length;
		const lone = known.length > 0 ? LETTERS_BESIDE : 0;
		if (letters <= lone && !/^(?:19|20)\d\d$/.test(first.written)) return [first, line, 90 - distance];
	}
	return [null, '', 0];
}

/** Blanks, and hyphens between digits alone, are there for the eye. */
function typed(written: string): string {
	return /^[\d -]+$/.test(written) ? written.replace(/[ -]/g, '') : written.replace(/ /g, '');
}
