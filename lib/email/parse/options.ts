import type { Readable } from 'node:stream';
import type { AttachmentPolicy } from '../attachments/policy';
import type { ScanPolicy } from '../attachments/scan';
import type { Envelope, MessageSource } from '../message';

/** Bounds of one parse. Going over one gives a defect `limit-…` and leaves the excess out; it never fails. */
export interface ParseLimits {
	/** Bytes of the raw message that are read into parts; hash and size always cover all of it. */
	messageBytes: number;
	/** Parts of the MIME tree. */
	parts: number;
	/** Levels of multipart in multipart. */
	depth: number;
	/** Bytes of one header section. */
	headerBytes: number;
	/** Addresses in one header. */
	addresses: number;
	/** Decoded bytes of all body text together. */
	textBytes: number;
	attachments: number;
	/** Decoded bytes of one attachment; what is beyond it is neither hashed nor kept, and its verdict is `stripped`. */
	attachmentBytes: number;
}

export const DEFAULT_LIMITS: Readonly<ParseLimits> = {
	messageBytes: 150 * 1024 * 1024,
	parts: 1000,
	depth: 50,
	headerBytes: 256 * 1024,
	addresses: 2000,
	textBytes: 8 * 1024 * 1024,
	attachments: 500,
	attachmentBytes: 100 * 1024 * 1024,
};

/** What is known of an attachment when its content begins to flow. */
export interface AttachmentInfo {
	index: number;
	filename: string | null;
	contentType: string;
	detectedType: string | null;
	disposition: 'attachment' | 'inline' | null;
	contentId: string | null;
}

/**
 * Stores the content of one attachment and gives the name it can be found by, null when it was not kept. Called in
 * order, one at a time; `content` must be consumed or the promise settled. A rejection fails the parse
 * (`MESSAGE_ATTACHMENT_NOT_STORED`).
 */
export type AttachmentSink = (attachment: AttachmentInfo, content: Readable) => Promise<string | null>;

export interface ParseOptions {
	/** Where the message came from; `manual` when left out. */
	source?: Partial<MessageSource>;
	/** What the SMTP or webhook side knows; Return-Path stands in for a missing mailFrom. */
	envelope?: Partial<Envelope>;
	/** The archive's name for these bytes. */
	rawRef?: string | null;
	limits?: Partial<ParseLimits>;
	policy?: AttachmentPolicy;
	/** Scans every attachment that the policy does not strip by what is known of it beforehand. */
	scan?: ScanPolicy;
	onAttachment?: AttachmentSink;
	/**
	 * False leaves out what is judged from the text: `reply` is then all of it, `forwarded` absent, `automation` `none`.
	 * True unless set; it takes more time than all the rest.
	 */
	analyse?: boolean;
	/** Hosts whose Authentication-Results are believed (RFC 8601 authserv-id); without them nothing is read. */
	trustedAuthservIds?: readonly string[];
}
