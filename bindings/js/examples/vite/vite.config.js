/* Nothing but what keeps the two modules files of their own: a page loads the small one first. */
export default { base: './', build: { target: 'es2022', assetsInlineLimit: 0 }, optimizeDeps: { exclude: ['why403'] } };
