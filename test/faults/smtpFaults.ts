/** Where an SMTP conversation can fail, and what DESIGN's state machine makes of it. */
import type { SmtpServer } from '../../lib/email/smtp/connection';
import type { Disposition } from '../../lib/pipeline/send/sendOutcome';
import type { SendState } from '../../lib/store';
import type { Script } from '../lib/email/smtp/scriptedServer';

/** State and output of one recipient; `error` is the node's error output. */
export type Fate = readonly [SendState, Disposition | 'error'];

export interface SmtpFault {
	name: string;
	script: Script;
	smtp?: Partial<SmtpServer>;
	/** Silence after which the client gives up, in ms. */
	patience?: number;
	/** Ann's fate and Bob's, who are sent to one after the other. */
	ann: Fate;
	bob: Fate;
	/** Copies that the server delivers in spite of it. */
	copies?: number;
	/** What the two become when the same send is repeated and the server works: sent, but for these. */
	thenAnn?: Fate;
	thenBob?: Fate;
}

const login: Partial<SmtpServer> = {
	authentication: { kind: 'password', user: 'support', password: 'correct horse' },
};

const DEFERRED: Fate = ['deferred', 'deferred'];
const FAILED: Fate = ['failed', 'rejected'];
const IN_DOUBT: Fate = ['in_doubt', 'rejected'];
const SENT: Fate = ['accepted', 'sent'];
const WRONG_SETTINGS: Fate = ['deferred', 'error'];

const both = (fate: Fate) => ({ ann: fate, bob: fate });
const forGood = (fate: Fate) => ({ ...both(fate), thenAnn: fate, thenBob: fate });
const ann = (address: string) => address.startsWith('ann');
/** What is final and about nobody. */
const TOO_BIG = '5.3.4 Message size exceeds fixed limit';
const pipelining = '250-scripted\r\n250-PIPELINING\r\n250 8BITMIME';

export const SMTP_FAULTS: readonly SmtpFault[] = [
	{ name: 'a break before the greeting', script: { greeting: 'drop' }, ...both(DEFERRED) },
	{ name: 'no greeting', script: { greeting: 'silence' }, patience: 300, ...both(DEFERRED) },
	{ name: '421 as greeting', script: { greeting: '421 4.3.2 too busy' }, ...both(DEFERRED) },
	// RFC 5321 3.1: it refuses the connection, not this mail.
	{ name: '554 as greeting', script: { greeting: '554 no SMTP service here' }, ...both(DEFERRED) },
	{ name: 'a break at EHLO', script: { ehlo: 'drop' }, ...both(DEFERRED) },
	{ name: '421 at EHLO', script: { ehlo: '421 4.3.2 closing' }, ...both(DEFERRED) },
	{ name: 'a break at STARTTLS', script: { starttls: 'drop' }, smtp: { security: 'starttls' }, ...both(DEFERRED) },
	{
		name: '454 at STARTTLS',
		script: { starttls: '454 4.7.0 not now' },
		smtp: { security: 'starttls' },
		...both(DEFERRED),
	},
	{
		name: '502 at STARTTLS',
		script: { starttls: '502 5.5.1 never' },
		smtp: { security: 'starttls' },
		...both(WRONG_SETTINGS),
	},
	{ name: 'a break in the handshake', script: { tls: 'drop' }, smtp: { security: 'starttls' }, ...both(DEFERRED) },
	{
		name: 'no answer to the handshake',
		script: { tls: 'silence' },
		smtp: { security: 'starttls' },
		patience: 300,
		...both(DEFERRED),
	},
	{ name: 'a break at AUTH', script: { auth: 'drop' }, smtp: login, ...both(DEFERRED) },
	{ name: '421 at AUTH', script: { auth: '421 4.3.2 closing' }, smtp: login, ...both(DEFERRED) },
	{ name: '454 at AUTH', script: { auth: '454 4.7.0 later' }, smtp: login, ...both(DEFERRED) },
	{ name: '535 at AUTH', script: { auth: '535 5.7.8 no' }, smtp: login, ...both(WRONG_SETTINGS) },
	{ name: 'a break at MAIL', script: { mail: 'drop' }, ...both(DEFERRED) },
	{ name: 'no answer to MAIL', script: { mail: 'silence' }, patience: 300, ...both(DEFERRED) },
	{ name: '421 at MAIL', script: { mail: '421 4.3.2 closing' }, ...both(DEFERRED) },
	{ name: '451 at MAIL', script: { mail: '451 4.3.0 later' }, ...both(DEFERRED) },
	{ name: '530 at MAIL', script: { mail: '530 5.7.0 log in first' }, ...both(WRONG_SETTINGS) },
	// It is about the sender, and may be mended.
	{ name: '550 at MAIL', script: { mail: '550 5.7.1 not you' }, ...both(DEFERRED) },
	{ name: '552 at MAIL', script: { mail: `552 ${TOO_BIG}` }, ...forGood(FAILED) },
	{
		name: 'a break at the first RCPT',
		script: { rcpt: (address) => (ann(address) ? 'drop' : '250 ok') },
		ann: DEFERRED,
		bob: SENT,
		copies: 1,
		thenBob: ['accepted', 'duplicate'],
	},
	{
		name: 'a break at the second RCPT',
		script: { rcpt: (address) => (ann(address) ? '250 ok' : 'drop') },
		ann: SENT,
		bob: DEFERRED,
		copies: 1,
		thenAnn: ['accepted', 'duplicate'],
	},
	{
		name: '421 at the second RCPT',
		script: { rcpt: (address) => (ann(address) ? '250 ok' : '421 4.3.2 closing') },
		ann: SENT,
		bob: DEFERRED,
		copies: 1,
		thenAnn: ['accepted', 'duplicate'],
	},
	{
		name: '552 at the first RCPT, 450 at the second',
		script: { rcpt: (address) => (ann(address) ? `552 ${TOO_BIG}` : '450 4.2.1 busy') },
		ann: FAILED,
		bob: DEFERRED,
		thenAnn: FAILED,
	},
	{
		name: '552 at RCPT, pipelined',
		script: { ehlo: pipelining, rcpt: (address) => (ann(address) ? `552 ${TOO_BIG}` : '250 ok') },
		ann: FAILED,
		bob: SENT,
		copies: 1,
		thenAnn: FAILED,
		thenBob: ['accepted', 'duplicate'],
	},
	{ name: 'a break at DATA', script: { data: 'drop' }, ...both(DEFERRED) },
	{ name: 'no answer to DATA', script: { data: 'silence' }, patience: 300, ...both(DEFERRED) },
	{ name: '421 at DATA', script: { data: '421 4.3.2 closing' }, ...both(DEFERRED) },
	{ name: '452 at DATA', script: { data: '452 4.3.1 no space' }, ...both(DEFERRED) },
	{ name: '552 at DATA', script: { data: `552 ${TOO_BIG}` }, ...forGood(FAILED) },
	// Nobody knows why.
	{ name: '554 at DATA', script: { data: '554 no' }, ...both(DEFERRED) },
	{ name: 'a break in the body', script: { dropAfterBodyBytes: 10 }, ...forGood(IN_DOUBT) },
	{ name: 'a break after the dot', script: { end: 'drop' }, ...forGood(IN_DOUBT) },
	{
		name: 'a break after the dot, filed',
		script: { end: 'drop', keepsUnanswered: true },
		...forGood(IN_DOUBT),
		copies: 2,
	},
	{
		name: 'no answer to the dot, filed',
		script: { end: (address) => (ann(address) ? 'silence' : '250 2.0.0 ok'), keepsUnanswered: true },
		patience: 4_000,
		ann: IN_DOUBT,
		bob: SENT,
		copies: 2,
		thenAnn: IN_DOUBT,
		thenBob: ['accepted', 'duplicate'],
	},
	{ name: 'a reply broken off', script: { endBrokenOff: '25' }, ...forGood(IN_DOUBT) },
	{ name: 'a reply broken off between lines', script: { endBrokenOff: '250-2.0.0 taken\r\n' }, ...forGood(IN_DOUBT) },
	{ name: 'no SMTP after the dot', script: { end: 'HTTP/1.1 200 OK' }, ...forGood(IN_DOUBT) },
	// An explicit reply always wins over what happens to the connection.
	{ name: '421 after the dot', script: { end: '421 4.3.2 closing' }, ...both(DEFERRED) },
	{ name: '451 after the dot', script: { end: '451 4.3.0 later' }, ...both(DEFERRED) },
	{ name: '554 after the dot', script: { end: '554 5.7.1 spam' }, ...forGood(FAILED) },
	{
		name: 'a break after the dot of the first, none after the second',
		script: { end: (address) => (ann(address) ? 'drop' : '250 2.0.0 ok') },
		ann: IN_DOUBT,
		bob: SENT,
		copies: 1,
		thenAnn: IN_DOUBT,
		thenBob: ['accepted', 'duplicate'],
	},
	...(['drop', 'silence', '421 4.3.2 closing'] as const).map((quit) => ({
		name: `${quit} between 250 and the end of QUIT`,
		script: { quit },
		...both(SENT),
		copies: 2,
		thenAnn: ['accepted', 'duplicate'] as Fate,
		thenBob: ['accepted', 'duplicate'] as Fate,
	})),
	{
		name: 'a connection that breaks with the 250',
		script: { endBrokenOff: '250 2.0.0 taken\r\n', keepsUnanswered: true },
		...both(SENT),
		copies: 2,
		thenAnn: ['accepted', 'duplicate'],
		thenBob: ['accepted', 'duplicate'],
	},
	{
		name: 'a server as slow as one byte at a time',
		script: { slow: true },
		smtp: login,
		...both(SENT),
		copies: 2,
		thenAnn: ['accepted', 'duplicate'],
		thenBob: ['accepted', 'duplicate'],
	},
];
