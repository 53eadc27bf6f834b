import { type RemoteInfo, createSocket } from 'node:dgram';
import { once } from 'node:events';

export interface DnsServer {
	/** `host:port`, as resolvers take it. */
	readonly address: string;
	stop(): Promise<void>;
}

const TXT = 16;
const NAME_ERROR = 3;

/** A name server on a free loopback port that knows the given TXT records and nothing else (RFC 1035, 4.1). */
export async function startDns(texts: Readonly<Record<string, string>>): Promise<DnsServer> {
	const socket = createSocket('udp4');
	socket.on('message', (query, from: RemoteInfo) => socket.send(answerTo(query, texts), from.port, from.address));
	socket.bind(0, '127.0.0.1');
	await once(socket, 'listening');
	return {
		address: `127.0.0.1:${socket.address().port}`,
		async stop() {
			socket.close();
			await once(socket, 'close');
		},
	};
}

function answerTo(query: Buffer, texts: Readonly<Record<string, string>>): Buffer {
	const labels: string[] = [];
	let at = 12;
	for (let length = query[at]!; length > 0; length = query[at]!) {
		labels.push(query.toString('latin1', at + 1, at + 1 + length));
		at += 1 + length;
	}
	const question = query.subarray(12, at + 5);
	const name = labels.join('.').toLowerCase();
	const text = query.readUInt16BE(at + 1) === TXT ? texts[name] : undefined;
	const header = Buffer.alloc(12);
	query.copy(header, 0, 0, 2);
	header.writeUInt16BE(0x8180 | (text === undefined && texts[name] === undefined ? NAME_ERROR : 0), 2);
	header.writeUInt16BE(1, 4);
	header.writeUInt16BE(text === undefined ? 0 : 1, 6);
	return Buffer.concat(text === undefined ? [header, question] : [header, question, record(text)]);
}

/** The name is a pointer to the question; a text goes in strings of up to 255 bytes. */
function record(text: string): Buffer {
	const strings = (text.match(/.{1,255}/gs) ?? ['']).map((part) =>
		Buffer.from(`${String.fromCharCode(part.length)}${part}`, 'latin1'),
	);
	const data = Buffer.concat(strings);
	const head = Buffer.alloc(12);
	head.writeUInt16BE(0xc00c, 0);
	head.writeUInt16BE(TXT, 2);
	head.writeUInt16BE(1, 4);
	head.writeUInt32BE(60, 6);
	head.writeUInt16BE(data.length, 10);
	return Buffer.concat([head, data]);
}
