import { fileTypeFromBuffer } from 'file-type';
import type { ArchiveEntry } from './archives';

export interface Inspection {
	/** Findings as `code` or `code: detail`, see findings.ts. */
	reasons: string[];
	entries: ArchiveEntry[] | null;
}

/** Looks at the content of one attachment as it flows by. Never throws. */
export class ContentInspector {
	constructor(
		readonly filename: string | null,
		readonly contentType: string,
	) {}

	write(_chunk: Buffer): void {}

	/** Media type by the first bytes, null when nothing is recognised. */
	async detect(head: Buffer): Promise<string | null> {
		try {
			return (await fileTypeFromBuffer(head))?.mime ?? null;
		} catch {
			return null;
		}
	}

	end(_detectedType: string | null): Inspection {
		return { reasons: [], entries: null };
	}
}
