/** What looks into attachments while they flow by: the contract of a virus scanner. */

export type ScanVerdict =
	| { status: 'clean' }
	| { status: 'infected'; signature: string }
	/** Nothing is known: the scanner could not be reached, or refused. */
	| { status: 'failed'; reason: string };

/** The scan of one attachment. No method throws: what goes wrong is the verdict `failed`. */
export interface AttachmentScan {
	/** Settles when the scanner can take more. */
	write: (chunk: Buffer) => Promise<void>;
	end: () => Promise<ScanVerdict>;
	/** The attachment broke off: no verdict is wanted any more. */
	abort: () => void;
}

/** Scans the attachments of one message, one after the other. */
export interface AttachmentScanner {
	begin: () => AttachmentScan;
}

export interface ScanPolicy {
	scanner: AttachmentScanner;
	/** What becomes of an attachment that nothing is known of: `closed` refuses it, `open` lets it in; it is told either way. */
	onFailure: 'closed' | 'open';
}
