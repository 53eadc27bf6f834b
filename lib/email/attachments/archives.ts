/** One file within an archive. */
export interface ArchiveEntry {
	name: string;
	/** Unpacked size in bytes as the archive states it, null when it does not. */
	size: number | null;
	encrypted: boolean;
}
