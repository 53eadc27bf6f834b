import type { ColumnType, Generated } from 'kysely';
import type {
	ArchiveMode,
	DeadLetter,
	IngestionCare,
	IngestionKind,
	IngestionStage,
	PauseKind,
	SandboxMark,
	SendState,
} from './store';

/** JSON kept as text: a mail may hold U+0000, which Postgres' own JSON type refuses. */
type JsonText = string;
/** Bytes: a Uint8Array from SQLite, a Buffer from Postgres. */
type Bytes = ColumnType<Uint8Array, Buffer, Buffer>;
/** 0 or 1; SQLite has no boolean. */
type Flag = number;

export interface Tables {
	settings: { name: string; value: string };
	scope_keys: { scope: string; salt: string };
	archive_objects: {
		scope: string;
		sha256: string;
		size: number;
		mode: ArchiveMode;
		codec: string | null;
		blob_id: string | null;
		chunks: number;
		kept_sha256: string | null;
		key_id: string | null;
		wrapped_key: string | null;
		stored_at: number;
		purged_at: number | null;
	};
	archive_chunks: { blob_id: string; seq: number; data: Bytes };
	archive_uploads: { blob_id: string; started_at: number };
	leases: { name: string; owner: string; fence: number; expires_at: number };
	mailbox_cursors: {
		scope: string;
		account: string;
		mailbox: string;
		uid_validity: string;
		last_uid: number;
		highest_modseq: string | null;
		updated_at: number;
	};
	/** Which UIDs of a mailbox were dealt with, as of the last comparison. */
	mailbox_windows: {
		scope: string;
		account: string;
		mailbox: string;
		/** The same for the mailbox before and after a move to another server. */
		stream: string;
		uid_validity: string;
		/** Grows when UIDs mean other mails than before under the same UIDVALIDITY. */
		epoch: number;
		uids: string;
		updated_at: number;
	};
	/** Mails that were taken in, by keyed hash, and where they lie. */
	mail_identities: { scope: string; stream: string; identity: string; place: string; uid: number; seen_at: number };
	mailbox_statuses: { scope: string; account: string; mailbox: string; status: JsonText; updated_at: number };
	ingestion: {
		id: Generated<number>;
		scope: string;
		key: string;
		feed: string;
		raw_ref: string | null;
		content_key: string | null;
		metadata: JsonText;
		stage: IngestionStage;
		attempt: number;
		batch: string | null;
		emitter: string | null;
		emitted_at: number | null;
		/** n8n's id of the execution that has the mail. */
		execution: string | null;
		error: string | null;
		keep: Generated<ArchiveMode>;
		care: Generated<IngestionCare>;
		not_before: number | null;
		/** Key of the arrival that brought the same mail first. */
		duplicate_of: string | null;
		kind: Generated<IngestionKind>;
		created_at: number;
		updated_at: number;
	};
	replay_keys: {
		scope: string;
		key: string;
		fence: number;
		ttl: number;
		expires_at: number;
		confirmed_at: number | null;
		owner: string | null;
	};
	/** Requests by endpoint, outcome and hour. */
	endpoint_counts: {
		scope: string;
		endpoint: string;
		outcome: string;
		/** Its beginning. */
		hour: number;
		label: string;
		count: number;
		last_at: number;
	};
	threads: {
		id: string;
		scope: string;
		/** The thread that this one turned out to be; its rows have moved there. */
		merged_into: string | null;
		/** The thread that a person took this one out of; the two are not joined again by themselves. */
		split_from: string | null;
		message_count: number;
		last_at: number | null;
		data: JsonText;
		created_at: number;
	};
	thread_keys: { scope: string; key: string; thread_id: string; kind: 'record' | 'placeholder' | 'index' };
	thread_records: {
		id: Generated<number>;
		scope: string;
		thread_id: string;
		key: string;
		content_hash: string;
		sort_at: number;
		participants: JsonText;
		answer: JsonText;
		metadata: JsonText;
	};
	/** What is compared with others of its bucket; the thread is its key's. */
	thread_kin: { scope: string; bucket: string; at: number; key: string; seeking: Flag; facts: JsonText };
	/** `standing` 1: has a say in which threads are one. A group (`list:…`) stands for all who get its mail. */
	thread_participants: { scope: string; thread_id: string; participant: string; standing: Generated<number> };
	send_groups: {
		id: string;
		scope: string;
		sender: string;
		key: string;
		fingerprint: string;
		message_id: string;
		fixed: JsonText;
		stream: string | null;
		template: string | null;
		template_version: string | null;
		correlation_id: string | null;
		thread_id: string | null;
		tags: JsonText;
		metadata: JsonText;
		expires_at: number | null;
		/** Of the archive: what goes out, while the send is not over and was asked to keep it. */
		content_ref: string | null;
		created_at: number;
	};
	sends: {
		id: string;
		scope: string;
		group_id: string;
		recipient: string;
		state: SendState;
		fence: number;
		lease_until: number | null;
		not_before: number | null;
		attempts: number;
		provider_message_id: string | null;
		response: string | null;
		reply_code: string | null;
		status: string | null;
		reason: string | null;
		created_at: number;
		updated_at: number;
		accepted_at: number | null;
		provider: string | null;
		sandbox: SandboxMark | null;
		/** Its group's, so that an index finds what waits for too long. */
		expires_at: number | null;
	};
	send_tags: { scope: string; tag: string; group_id: string };
	send_events: {
		id: Generated<number>;
		scope: string;
		send_id: string;
		type: string;
		from_state: SendState | null;
		to_state: SendState | null;
		at: number;
		detail: JsonText;
	};
	suppressions: {
		id: string;
		scope: string;
		address_hash: string;
		address: string;
		/** '' for all streams, so that the unique index sees it. */
		stream: string;
		reason: string;
		source: string;
		expires_at: number | null;
		created_at: number;
	};
	token_buckets: { scope: string; bucket: string; tokens: number; updated_at: number };
	quota_hits: { id: Generated<number>; scope: string; quota: string; at: number; until: number };
	/** Turns at a limit: taken (`used`), or promised to the holder from `at` on. */
	limit_slots: {
		id: Generated<number>;
		scope: string;
		name: string;
		holder: string;
		/** ms with fractions: turns may be closer than 1 ms. */
		at: number;
		used: Flag;
		until: number;
	};
	pauses: {
		scope: string;
		kind: PauseKind;
		name: string;
		reason: string | null;
		by_whom: string;
		until: number | null;
		created_at: number;
	};
	breakers: {
		scope: string;
		breaker: string;
		failures: number;
		open_until: number | null;
		open_for: number;
		probing: Flag;
		updated_at: number;
	};
	dead_letters: {
		id: string;
		scope: string;
		key: string;
		feed: string;
		reason: string;
		message: string;
		raw_ref: string | null;
		item: JsonText;
		attempts: number;
		state: DeadLetter['state'];
		created_at: number;
		updated_at: number;
	};
	/** Which records are about whom, by keyed hash, so that an address can be erased. */
	subjects: { scope: string; address_hash: string; kind: 'ingestion' | 'dead_letter' | 'send'; ref: string };
}
