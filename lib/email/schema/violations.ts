/** The part of JSON Schema draft-07 that the schemas of this folder use. */
export interface JsonSchema {
	readonly type?: string | readonly string[];
	readonly const?: unknown;
	readonly enum?: readonly unknown[];
	readonly anyOf?: readonly JsonSchema[];
	readonly required?: readonly string[];
	readonly properties?: Readonly<Record<string, JsonSchema>>;
	readonly additionalProperties?: JsonSchema;
	readonly items?: JsonSchema;
	readonly minimum?: number;
	readonly minLength?: number;
	readonly pattern?: string;
	readonly format?: 'date-time';
}

/** Where a value breaks its schema: a JSON Pointer (RFC 6901) and the keyword, never the value. */
export interface Violation {
	pointer: string;
	keyword: keyof JsonSchema;
}

/** RFC 3339, 5.6, in UTC, as the contracts demand. */
const DATE_TIME = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?Z$/;

/** Every violation of a schema in a value; empty when it conforms. Keywords apply as draft-07 says, to their types only. */
export function violations(schema: JsonSchema, value: unknown, pointer = ''): Violation[] {
	const broken = (keyword: keyof JsonSchema): Violation[] => [{ pointer, keyword }];
	if (schema.anyOf !== undefined) {
		const branches = schema.anyOf.map((branch) => violations(branch, value, pointer));
		if (!branches.some((found) => found.length === 0)) return closest(branches) ?? broken('anyOf');
	}
	if ('const' in schema && value !== schema.const) return broken('const');
	if (schema.enum !== undefined && !schema.enum.includes(value)) return broken('enum');
	if (schema.type !== undefined && ![schema.type].flat().some((type) => isOfType(value, type))) return broken('type');
	if (typeof value === 'number') return value < (schema.minimum ?? -Infinity) ? broken('minimum') : [];
	if (typeof value === 'string') return textViolations(schema, value).flatMap(broken);
	if (Array.isArray(value)) return schema.items === undefined ? [] : arrayViolations(schema.items, value, pointer);
	return typeof value === 'object' && value !== null ? objectViolations(schema, value, pointer) : [];
}

/** Those of the alternative that fails deepest, which is the one that was meant; null when none got beyond its type. */
function closest(branches: readonly Violation[][]): Violation[] | null {
	return (
		branches.find(
			(found) =>
				found.every(({ keyword }) => keyword !== 'type') || found.some(({ pointer }) => pointer !== found[0]?.pointer),
		) ?? null
	);
}

function isOfType(value: unknown, type: string): boolean {
	if (type === 'null') return value === null;
	if (type === 'array') return Array.isArray(value);
	if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
	if (type === 'integer') return Number.isInteger(value);
	if (type === 'number') return typeof value === 'number' && Number.isFinite(value);
	return typeof value === type;
}

function textViolations(schema: JsonSchema, value: string): Array<keyof JsonSchema> {
	if (schema.minLength !== undefined && value.length < schema.minLength) return ['minLength'];
	if (schema.pattern !== undefined && !new RegExp(schema.pattern, 'u').test(value)) return ['pattern'];
	return schema.format === 'date-time' && !DATE_TIME.test(value) ? ['format'] : [];
}

function arrayViolations(items: JsonSchema, value: readonly unknown[], pointer: string): Violation[] {
	return value.flatMap((entry, index) => violations(items, entry, `${pointer}/${index}`));
}

function objectViolations(schema: JsonSchema, value: object, pointer: string): Violation[] {
	const missing = (schema.required ?? []).filter((name) => !Object.hasOwn(value, name));
	const found = Object.entries(value).flatMap(([name, entry]) => {
		const known =
			schema.properties !== undefined && Object.hasOwn(schema.properties, name)
				? schema.properties[name]
				: schema.additionalProperties;
		// As JSON has it: an undefined property is absent.
		return known === undefined || entry === undefined
			? []
			: violations(known, entry, `${pointer}/${escapePointer(name)}`);
	});
	return [
		...missing.map((name): Violation => ({ pointer: `${pointer}/${escapePointer(name)}`, keyword: 'required' })),
		...found,
	];
}

function escapePointer(name: string): string {
	return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
