/** Bundles a file of the author, with everything it imports, into one module. */
import { stat } from 'node:fs/promises'
import { RunError } from './run-error.ts'

/** The text of the module. RunError with the place of the mistake when the file cannot be read or does not compile. */
export async function bundle(file: string, name: string): Promise<string> {
  const found = await stat(file).catch(() => undefined)
  if (found?.isFile() !== true) {
    throw new RunError(
      { code: 'function-invalid', name, file },
      `the file of the function ${name} ${found === undefined ? 'does not exist' : 'is not a file'}: ${file}`,
      'write the path of a TypeScript or JavaScript file that exports `handler`',
    )
  }
  // only who calls functions needs it, and it is a program of its own
  const { build } = await import('esbuild')
  try {
    const { outputFiles } = await build({
      entryPoints: [file],
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      sourcemap: 'inline',
      sourcesContent: false,
      logLevel: 'silent',
      // packages that ask for others by require
      banner: { js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);" },
    })
    return outputFiles[0]?.text ?? ''
  } catch (error) {
    const [first] = (error as { readonly errors?: readonly { text: string; location: Place | null }[] }).errors ?? []
    if (first === undefined) throw error
    const at = first.location === null ? file : `${first.location.file}:${first.location.line}:${first.location.column + 1}`
    throw new RunError(
      { code: 'function-invalid', name, file },
      `the function ${name} does not compile: ${at}: ${first.text}`,
      'fix the file; packages that it imports must be installed beside it',
    )
  }
}

interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}
