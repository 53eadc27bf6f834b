const { dest, src } = require('gulp');

/** Copies what the compiler leaves behind — icons, codex files, data — into dist, each at its own path. */
function assets() {
	const files = ['nodes/**/*.{svg,png,json}', 'credentials/**/*.svg', 'lib/**/*.json'];
	// Without `encoding: false` gulp 5 decodes every file as UTF-8, which ruins a PNG.
	return src(files, { base: '.', encoding: false }).pipe(dest('dist'));
}

module.exports = { assets };
