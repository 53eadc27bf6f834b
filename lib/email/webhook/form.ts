import { WebhookRefusal } from './refusal';
import { headerOf, mediaTypeOf, type WebhookRequest } from './request';
import { readMultipart } from './multipart';

export interface FormField {
	name: string;
	value: string;
	/** The bytes of a multipart field, for values that are not UTF-8 (a raw MIME message). */
	bytes?: Buffer;
}

export interface FormFile {
	/** Name of the form field. */
	name: string;
	filename: string | null;
	contentType: string | null;
	content: Buffer;
}

/** A form as it was sent, in its order. */
export interface Form {
	fields: FormField[];
	files: FormFile[];
}

/** First value of a field; null when it is absent. */
export function fieldOf(form: Form, name: string): string | null {
	return form.fields.find((field) => field.name === name)?.value ?? null;
}

/** First value of a field as bytes; null when it is absent. */
export function fieldBytes(form: Form, name: string): Buffer | null {
	const field = form.fields.find((candidate) => candidate.name === name);
	return field === undefined ? null : (field.bytes ?? Buffer.from(field.value, 'utf8'));
}

/** The form in the body, urlencoded or multipart. Throws `WEBHOOK_CONTENT_TYPE` or `WEBHOOK_MALFORMED`. */
export function formOf(request: WebhookRequest): Form {
	const mediaType = mediaTypeOf(request);
	if (mediaType === 'application/x-www-form-urlencoded') return readUrlencoded(request.rawBody);
	if (mediaType === 'multipart/form-data')
		return readMultipart(request.rawBody, headerOf(request, 'content-type') ?? '');
	throw new WebhookRefusal(
		'WEBHOOK_CONTENT_TYPE',
		`A form was expected, not ${mediaType || 'a body without content type'}.`,
	);
}

/** True when the body is a form. */
export function hasForm(request: WebhookRequest): boolean {
	return /^(?:application\/x-www-form-urlencoded|multipart\/form-data)$/.test(mediaTypeOf(request));
}

function readUrlencoded(body: Buffer): Form {
	return {
		fields: [...new URLSearchParams(body.toString('utf8'))].map(([name, value]) => ({ name, value })),
		files: [],
	};
}
