import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface CertificateOptions {
	/** subjectAltName entries as openssl writes them; default `DNS:localhost` and `IP:127.0.0.1`. */
	names?: readonly string[];
	/** Valid in 2020 only. */
	expired?: boolean;
}

export interface Certificate {
	certFile: string;
	keyFile: string;
	/** PEM; self-signed, so it is its own authority: pass it as `ca`. */
	cert: string;
	key: string;
}

/** Makes a self-signed certificate `<name>.crt` and `<name>.key` in the folder with the openssl program. */
export async function makeCertificate(
	folder: string,
	name: string,
	options: CertificateOptions = {},
): Promise<Certificate> {
	const names = options.names ?? ['DNS:localhost', 'IP:127.0.0.1'];
	const file = (ending: string) => join(folder, `${name}.${ending}`);
	// `openssl ca` is the one command that sets both ends of the validity in every version since 1.0.
	await Promise.all([
		writeFile(
			file('cnf'),
			[
				'[ca]\ndefault_ca=authority',
				`[authority]\ndatabase=${file('index')}\nserial=${file('serial')}\nnew_certs_dir=${folder}`,
				'default_md=sha256\npolicy=policy\nx509_extensions=extensions\nunique_subject=no',
				'[policy]\ncommonName=supplied',
				`[extensions]\nsubjectAltName=${names.join(',')}\nbasicConstraints=CA:TRUE`,
				'[req]\ndistinguished_name=subject\n[subject]\n',
			].join('\n'),
		),
		writeFile(file('index'), ''),
		writeFile(file('serial'), '01\n'),
	]);
	await run('openssl', [
		...['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-config', file('cnf')],
		...['-keyout', file('key'), '-out', file('csr'), '-subj', `/CN=${name}`],
	]);
	const [start, end] = options.expired
		? ['20200101000000Z', '20210101000000Z']
		: ['20200101000000Z', '20491231235959Z'];
	await run('openssl', [
		...['ca', '-batch', '-notext', '-selfsign', '-config', file('cnf'), '-keyfile', file('key')],
		...['-in', file('csr'), '-out', file('crt'), '-startdate', start, '-enddate', end],
	]);
	const [cert, key] = await Promise.all([readFile(file('crt'), 'utf8'), readFile(file('key'), 'utf8')]);
	return { certFile: file('crt'), keyFile: file('key'), cert, key };
}
