import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { requireRoom } from '../../tools/disk.mts';

describe('room on the disk', () => {
	const folder = join(tmpdir(), 'does', 'not', 'exist', 'yet');

	it('is enough for a byte', async () => {
		await expect(requireRoom(folder, 1, 'a byte', 'none')).resolves.toBeUndefined();
	});

	it('is refused with what is needed, what there is, and what to do', async () => {
		await expect(requireRoom(folder, 2 ** 60, 'n8n', 'Free some space.')).rejects.toMatchObject({
			message: expect.stringMatching(
				/no room for n8n: it needs about 1073741824\.0 GB .* [\d.]+ GB are free/,
			) as string,
			hint: 'Free some space.',
		});
	});
});
