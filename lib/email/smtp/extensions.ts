/** What a server says that it can do (RFC 5321 4.1.1.1). */
import type { ServerReply } from './reply';

export interface SmtpExtensions {
	/** False where the server knows HELO only, or knew at that moment: what it lacks is then no verdict on a mail. */
	announced: boolean;
	/** Keywords in capitals. */
	keywords: ReadonlySet<string>;
	/** RFC 1870, in bytes; 0 when it sets no limit. */
	sizeLimit: number;
	/** SASL mechanisms in capitals, in the server's order. */
	mechanisms: readonly string[];
}

export const NO_EXTENSIONS: SmtpExtensions = { announced: false, keywords: new Set(), sizeLimit: 0, mechanisms: [] };

export function extensionsOf({ lines }: ServerReply): SmtpExtensions {
	const keywords = new Set<string>();
	const mechanisms = new Set<string>();
	let sizeLimit = 0;
	// The first line is the server's name.
	for (const line of lines.slice(1)) {
		// `AUTH=LOGIN PLAIN` is the form of a draft that some servers still speak.
		const [keyword = '', ...values] = line
			.trim()
			.toUpperCase()
			.split(/[\s=]+/);
		keywords.add(keyword);
		if (keyword === 'AUTH') for (const mechanism of values) mechanisms.add(mechanism);
		const size = Number(values[0]);
		if (keyword === 'SIZE' && Number.isSafeInteger(size)) sizeLimit = size;
	}
	return { announced: true, keywords, sizeLimit, mechanisms: [...mechanisms].filter((name) => name !== '') };
}
