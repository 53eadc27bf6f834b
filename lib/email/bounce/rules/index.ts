import { ADDRESS_RULES } from './addressRules';
import { DOMAIN_RULES } from './domainRules';
import { LOCALE_RULES } from './localeRules';
import { LOOSE_RULES } from './looseRules';
import { MAILBOX_RULES } from './mailboxRules';
import { MESSAGE_RULES } from './messageRules';
import { PLAIN_RULES } from './plainRules';
import { PROVIDER_RULES } from './providerRules';
import { RECEIVER_RULES } from './receiverRules';
import { ROUTE_RULES } from './routeRules';
import type { Rule } from './rule';
import { SENDING_SIDE_RULES } from './sendingSideRules';
import { SENDER_RULES } from './senderRules';

/**
 * Every row, in order of precedence: of two rows with the same weight the earlier one decides.
 *
 * The lines are from the documentation of mail systems and providers, from our own mail, and single lines from the
 * test mails of Sisimai (BSD 2-Clause) and flufl.bounce (Apache-2.0).
 */
export const RULES: readonly Rule[] = [
	...SENDING_SIDE_RULES,
	...PROVIDER_RULES,
	...RECEIVER_RULES,
	...MAILBOX_RULES,
	...SENDER_RULES,
	...ADDRESS_RULES,
	...DOMAIN_RULES,
	...MESSAGE_RULES,
	...ROUTE_RULES,
	...LOCALE_RULES,
	...PLAIN_RULES,
	...LOOSE_RULES,
];
