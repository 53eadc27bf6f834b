/** A small seeded generator (mulberry32): a failing case is found again by its seed. */
export function seeded(seed: number): () => number {
	let state = seed | 0;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
	};
}

const FRAGMENTS = [
	'\r\n',
	'\n',
	'\r',
	'\r\n\r\n',
	'--',
	'--\r\n',
	'Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n',
	'Content-Type: multipart/alternative; boundary="',
	'Content-Type: message/rfc822\r\n\r\n',
	'Content-Transfer-Encoding: base64\r\n',
	'Content-Transfer-Encoding: quoted-printable\r\n',
	'Content-Transfer-Encoding: x-uuencode\r\n',
	'Content-Disposition: attachment; filename="a.exe"\r\n',
	"filename*0*=utf-8''%E2%82%AC; filename*1=x",
	'charset=iso-2022-jp',
	'charset=utf-7',
	'charset=gb18030',
	'format=flowed; delsp=yes',
	'=?utf-8?B?4pyT?=',
	'=?utf-8?Q?=E2=9C?= =?utf-8?Q?=93?=',
	'=?x?',
	'begin 644 a.bin\n#0V%T\nend\n',
	'From: a@b\r\n',
	'From: "<<((((',
	'Date: Thu, 99 Foo 20000 99:99:99 +9999\r\n',
	'References: <a@b <c@d> (((',
	'\0\0\0\0',
	'\xff\xfe\xfd',
	'>',
	'<',
	'(',
	'"',
	'\\',
	';',
	' ',
	'\t',
	'='.repeat(200),
	'('.repeat(500),
	'<'.repeat(500),
	'"'.repeat(301),
	' '.repeat(2000),
	'PK\x03\x04',
	'\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1',
	'MZ',
	'%PDF-1.7',
	'<html><script>atob("x");new Blob</script>',
];

/** Changes a message in a few random places: bytes, fragments of syntax, cuts, repeats, and pieces of another message. */
export function mutate(message: Buffer, other: Buffer, random: () => number): Buffer {
	let bytes = message;
	const pick = (limit: number): number => Math.floor(random() * (limit + 1));
	const times = 1 + pick(6);
	for (let i = 0; i < times; i++) {
		const at = pick(bytes.length);
		const head = bytes.subarray(0, at);
		const tail = bytes.subarray(at);
		switch (pick(7)) {
			case 0: {
				const copy = Buffer.from(bytes);
				if (copy.length > 0) copy[Math.min(at, copy.length - 1)] = pick(255);
				bytes = copy;
				break;
			}
			case 1:
			case 2:
				bytes = Buffer.concat([head, Buffer.from(FRAGMENTS[pick(FRAGMENTS.length - 1)]!, 'latin1'), tail]);
				break;
			case 3:
				bytes = Buffer.concat([head, tail.subarray(pick(200))]);
				break;
			case 4:
				bytes = Buffer.concat([head, tail.subarray(0, pick(400)), tail]);
				break;
			case 5:
				bytes = head;
				break;
			case 6: {
				const from = pick(other.length);
				bytes = Buffer.concat([head, other.subarray(from, from + pick(2000)), tail]);
				break;
			}
			default: {
				const copy = Buffer.from(bytes);
				for (let k = 0; k < 20 && copy.length > 0; k++) copy[pick(copy.length - 1)] = pick(255);
				bytes = copy;
			}
		}
		if (bytes.length > 200_000) bytes = bytes.subarray(0, 200_000);
	}
	return bytes;
}
