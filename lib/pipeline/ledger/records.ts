/** Records of the store as people and workflows read them: times in ISO 8601 UTC, nothing that only the store needs. */
import type {
	ArchiveEntry,
	DeadLetter,
	IngestionRecord,
	JsonObject,
	Millis,
	SendEvent,
	SendRecord,
	Suppression,
} from '../../store/store';

export function isoTime(time: Millis | null): string | null {
	return time === null ? null : new Date(time).toISOString();
}

export function shownSend(send: SendRecord): JsonObject {
	return {
		id: send.id,
		key: send.key,
		state: send.state,
		sender: send.sender,
		recipient: send.recipient,
		messageId: send.messageId,
		providerMessageId: send.providerMessageId,
		provider: send.provider,
		sandbox: send.sandbox,
		attempts: send.attempts,
		retryAt: send.state === 'deferred' ? isoTime(send.notBefore) : null,
		reason: send.reason,
		response: send.response,
		replyCode: send.replyCode,
		status: send.status,
		stream: send.stream,
		template: send.template,
		templateVersion: send.templateVersion,
		correlationId: send.correlationId,
		threadId: send.threadId,
		tags: send.tags,
		metadata: send.metadata,
		createdAt: isoTime(send.createdAt),
		updatedAt: isoTime(send.updatedAt),
		acceptedAt: isoTime(send.acceptedAt),
		expiresAt: isoTime(send.expiresAt),
	};
}

export function shownEvent({ type, from, to, at, detail }: SendEvent): JsonObject {
	return { at: isoTime(at), type, from, to, detail };
}

export function shownSuppression(entry: Suppression): JsonObject {
	return {
		id: entry.id,
		email: entry.address,
		stream: entry.stream,
		reason: entry.reason,
		source: entry.source,
		expiresAt: isoTime(entry.expiresAt),
		createdAt: isoTime(entry.createdAt),
	};
}

export function shownLetter(letter: DeadLetter): JsonObject {
	return {
		id: letter.id,
		key: letter.key,
		state: letter.state,
		reason: letter.reason,
		message: letter.message,
		attempts: letter.attempts,
		feed: letter.feed,
		rawRef: letter.rawRef,
		item: letter.item,
		createdAt: isoTime(letter.createdAt),
		updatedAt: isoTime(letter.updatedAt),
	};
}

export function shownArchiveEntry(entry: ArchiveEntry): JsonObject {
	return {
		ref: entry.ref,
		sha256: entry.sha256,
		size: entry.size,
		mode: entry.mode,
		storedAt: isoTime(entry.storedAt),
		purgedAt: isoTime(entry.purgedAt),
	};
}

export function shownMessage(record: IngestionRecord): JsonObject {
	return {
		...record.metadata,
		ingestion: {
			key: record.key,
			feed: record.feed,
			stage: record.stage,
			attempt: record.attempt,
			execution: record.execution,
			error: record.error,
			duplicateOf: record.duplicateOfKey,
			rawRef: record.rawRef,
			createdAt: isoTime(record.createdAt),
			updatedAt: isoTime(record.updatedAt),
			emittedAt: isoTime(record.emittedAt),
		},
	};
}
