/** Programs of the project as a person would call them. */
import { spawn } from 'node:child_process'
import { join, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '../..')

export interface Ended {
  readonly code: number | null
  readonly output: string
}

type Env = { readonly [name: string]: string }

/** Resolves when it has ended, however; `output` holds both streams. */
function runProgram(command: string, args: readonly string[], env: Env, cwd = root): Promise<Ended> {
  return new Promise((done, failed) => {
    const child = spawn(command, [...args], { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const add = (bytes: Buffer) => {
      output += bytes.toString('utf8')
    }
    child.stdout.on('data', add)
    child.stderr.on('data', add)
    child.once('error', failed)
    child.once('close', (code) => done({ code, output }))
  })
}

/** The same, for a program that must end well. */
export async function must(command: string, args: readonly string[], env: Env, cwd?: string): Promise<string> {
  const { code, output } = await runProgram(command, args, env, cwd)
  if (code !== 0)
    throw new Error(`${command} ${args.join(' ')} ended with code ${code}:\n${output.trim().split('\n').slice(-15).join('\n')}`)
  return output
}

/** In a folder without a cdk.json, where one is given, there is no app that would have to be made first. */
export const cdk = (args: readonly string[], env: Env, cwd?: string) => must(join(root, 'node_modules', '.bin', 'cdk'), args, env, cwd)
const program = join(root, 'bin', 'siftstep.js')
/** In the folder of the project, or another one. */
export const siftstep = (args: readonly string[], env: Env, cwd?: string) => must(process.execPath, [program, ...args], env, cwd)
export const trySiftstep = (args: readonly string[], env: Env, cwd?: string) => runProgram(process.execPath, [program, ...args], env, cwd)
