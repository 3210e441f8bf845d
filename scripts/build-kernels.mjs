// Compiles the kernels of assembly/ into generated modules; with --check only says whether those are fresh.
import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import asc from 'assemblyscript/asc'

const root = resolve(import.meta.dirname, '..')
const kernels = [
  { entry: 'assembly/scan.ts', module: 'lib/io/formats/kernel.generated.ts' },
  { entry: 'assembly/measure.ts', module: 'lib/data/survey/kernel.generated.ts' },
]

/** The module's text; the same for the same sources and compiler, byte for byte. */
async function generate(entry) {
  const binary = resolve(root, 'kernel.wasm')
  const files = new Map()
  const { error, stderr } = await asc.main(
    [entry, '--baseDir', root, '-O3', '--enable', 'simd', '--runtime', 'stub', '--noAssert', '--initialMemory', '8', '--outFile', binary],
    {
      writeFile: (name, contents) => files.set(name, contents),
      readFile: (name, base) => {
        try {
          return readFileSync(resolve(base, name), 'utf8')
        } catch {
          return null
        }
      },
      listFiles: () => null,
    },
  )
  if (error) throw new Error(`${entry} does not compile: ${error.message}\n${stderr.toString()}`)
  const [bytes] = files.values()
  const base64 = Buffer.from(bytes).toString('base64')
  return `/** Made from ${entry} by \`node scripts/build-kernels.mjs\`; not to be edited. */\nexport const KERNEL =\n  '${base64}'\n`
}

const check = process.argv.includes('--check')
for (const { entry, module } of kernels) {
  const path = resolve(root, module)
  const text = await generate(entry)
  let before = ''
  try {
    before = readFileSync(path, 'utf8')
  } catch {
    // not made yet: everything is new
  }
  if (text === before) console.log(`${module} is fresh`)
  else if (check) {
    console.error(`${module} is not what ${entry} compiles to; run node scripts/build-kernels.mjs`)
    process.exitCode = 1
  } else {
    writeFileSync(path, text)
    console.log(`${module} written`)
  }
}
