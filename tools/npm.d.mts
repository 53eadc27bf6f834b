export declare function npm(
	args: string[],
	options: { cwd: string; env?: Record<string, string | undefined> },
): Promise<string>;
export declare function unmetPackages(folder: string): string[];
