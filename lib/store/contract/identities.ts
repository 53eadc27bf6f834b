/** Which mail was taken in, and under which address it lies. Kept far longer than the records: it tells what is new. */
export interface MailIdentity {
	/** Whoever takes mail in, and from which mailbox; the same after a move to another server. */
	stream: string;
	/** What makes the mail this one; kept as a keyed hash only. */
	identity: string;
	/** Numbering of a mailbox (account, UIDVALIDITY) in which the UID means something. */
	place: string;
	uid: number;
}

export interface IdentityStore {
	/**
	 * Which of the mails in `place` were taken in before. Each mail that was taken in stands for one that lies there: of two
	 * with one identity both are known only when two were taken in. A known one is from now on noted under its new address.
	 *
	 * @param candidates each UID once
	 * @param isHeld true when the UID of `place` lies there now: its mail is not one of the candidates at another UID
	 * @returns UIDs
	 */
	claim(
		scope: string,
		stream: string,
		place: string,
		candidates: ReadonlyArray<{ uid: number; identity: string }>,
		isHeld: (uid: number) => boolean,
	): Promise<Set<number>>;
	/** Those of the UIDs under which another mail was noted than the one that lies there. What was never noted is no stranger. */
	strangers(
		scope: string,
		stream: string,
		place: string,
		found: ReadonlyArray<{ uid: number; identity: string }>,
	): Promise<Set<number>>;
}
