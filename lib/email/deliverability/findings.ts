/** What is wrong with how a domain presents itself, and what to do about it. */
export interface Finding {
	/** `error`: mail is refused or not believed because of it. */
	level: 'error' | 'warning' | 'info';
	/** Stable, such as `SPF_TOO_MANY_LOOKUPS`. */
	code: string;
	message: string;
	advice: string;
}
