import { readFileSync } from 'node:fs'

/**
 * An esbuild plugin for parquetjs-lite: its Thrift code assigns to names it never declares, which an ES module may not, so they are declared.
 *
 * @type {import('esbuild').Plugin}
 */
export const undeclaredNames = {
  name: 'undeclared-names',
  setup({ onLoad }) {
    onLoad({ filter: /parquetjs-lite[\\/]gen-nodejs[\\/]\w+\.js$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8')
      const names = [...source.matchAll(/^(\w+) = module\.exports\.\1 =/gm)].map(([, name]) => name)
      return { contents: `var ${names.join(', ')};\n${source}`, loader: 'js' }
    })
  },
}
