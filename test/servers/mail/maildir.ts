import { execFile } from 'node:child_process';
import { chown, mkdir, rename, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Whose the mail is; `root` when the tests run as root and files have to be given to them. */
export interface MailOwner {
	root: boolean;
	uid: number;
	gid: number;
	name: string;
}

/** The user `mail`, which every Debian system has, when the tests run as root: mail servers refuse to open mail as root. */
export async function mailOwner(): Promise<MailOwner> {
	const me = userInfo();
	if (me.uid !== 0) return { root: false, uid: me.uid, gid: me.gid, name: me.username };
	const id = async (flag: string) => Number((await run('id', [flag, 'mail'])).stdout);
	return { root: true, uid: await id('-u'), gid: await id('-g'), name: 'mail' };
}

export async function own(path: string, { root, uid, gid }: MailOwner): Promise<void> {
	if (root) await chown(path, uid, gid);
}

export async function makeFolder(path: string, owner: MailOwner): Promise<void> {
	await mkdir(path, { recursive: true });
	await own(path, owner);
}

/** Makes the folders of a Maildir that are missing. */
export async function makeMaildir(path: string, owner: MailOwner): Promise<void> {
	for (const part of ['', 'tmp', 'new', 'cur']) await makeFolder(join(path, part), owner);
}

let deliveries = 0;

/** maildir(5): a unique name, first in tmp, then renamed. Servers give out UIDs in the order of the names. */
export async function deliverToMaildir(maildir: string, raw: string | Uint8Array, owner: MailOwner): Promise<void> {
	const now = Date.now();
	const seconds = String(Math.floor(now / 1000));
	const micros = String((now % 1000) * 1000).padStart(6, '0');
	const name = `${seconds}.M${micros}P${process.pid}Q${String(++deliveries).padStart(9, '0')}.test`;
	await writeFile(join(maildir, 'tmp', name), raw);
	await own(join(maildir, 'tmp', name), owner);
	await rename(join(maildir, 'tmp', name), join(maildir, 'new', name));
}
