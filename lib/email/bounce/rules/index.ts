import { ADDRESS_RULES } from './addressRules';
import { MAILBOX_RULES } from './mailboxRules';
import { MESSAGE_RULES } from './messageRules';
import { PROVIDER_RULES } from './providerRules';
import { ROUTE_RULES } from './routeRules';
import type { Rule } from './rule';
import { SENDER_RULES } from './senderRules';

/** Every row, in order of precedence: of two rows with the same weight the earlier one decides. */
export const RULES: readonly Rule[] = [
	...PROVIDER_RULES,
	...MAILBOX_RULES,
	...SENDER_RULES,
	...ADDRESS_RULES,
	...MESSAGE_RULES,
	...ROUTE_RULES,
];
