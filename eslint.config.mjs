import n8n from '@n8n/eslint-plugin-community-nodes';
import tseslint from 'typescript-eslint';

export default tseslint.config(
	{ ignores: ['dist/**', 'node_modules/**', '.demo/**', 'test/**/fixtures/**', 'test/**/samples/**'] },
	{
		files: ['**/*.ts', '**/*.mts'],
		extends: [tseslint.configs.strictTypeChecked],
		languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
		rules: {
			'@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
			'@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
			// `while (true)` with a way out in the middle is how a reconnecting loop reads best.
			'@typescript-eslint/no-unnecessary-condition': [
				'error',
				{ allowConstantLoopConditions: 'only-allowed-literals' },
			],
			'@typescript-eslint/no-non-null-assertion': 'error',
		},
	},
	{
		files: ['test/**', 'bench/**'],
		rules: {
			// A test that reads `row!.id` fails by itself when the row is missing.
			'@typescript-eslint/no-non-null-assertion': 'off',
		},
	},
	{
		// TypeScript's parser reads JSON too; what it reads has no types.
		files: ['package.json'],
		languageOptions: {
			parser: tseslint.parser,
			parserOptions: { projectService: false, extraFileExtensions: ['.json'] },
		},
	},
	{
		files: ['package.json', 'nodes/**/*.ts', 'credentials/**/*.ts'],
		extends: [n8n.configs.recommended],
		rules: {
			// A mail pipeline cannot be written without imapflow, mailparser and nodemailer: the package is for self-hosted
			// n8n and says so. The two rules below exist to keep a package eligible for n8n Cloud.
			'@n8n/community-nodes/no-runtime-dependencies': 'off',
			'@n8n/community-nodes/no-restricted-imports': 'off',
			'@n8n/community-nodes/no-restricted-globals': 'off',
			// It takes an encryption key for something that may be shown.
			'@n8n/community-nodes/credential-unnecessary-password': 'off',
		},
	},
);
