/** Runs commands with bash, so that they never outlive the process that asked for them. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { TaskError } from '#core/errors/errors.ts'

export interface Ended {
  /** Null where a signal ended it. */
  readonly code: number | null
  readonly signal: string | null
  /** The last lines of the standard output, and of the standard error. */
  readonly lines: readonly string[]
  readonly errors: readonly string[]
}

/** How many lines are kept of each stream. */
const KEPT = 100

/**
 * The script in a bash of its own. The end of the pipe 3 is held by the caller: when the caller ends, however it ends, `read` returns and the
 * whole group of processes is killed. `disown` keeps bash from printing the end of the subshell among the errors of the script.
 */
const GUARDED = `( read -r _ <&3; kill -KILL -- -$$ ) >/dev/null 2>&1 &
guard=$!
disown $guard
exec 3<&-
bash -e -o pipefail -c "$1"
code=$?
kill -KILL $guard
exit $code`

/** Resolves when the script has ended. `log` gets each line as it is printed. Throws Command.Failed if there is no bash. */
export async function carryOut(
  script: string,
  folder: string,
  env: { readonly [name: string]: string },
  log: (line: string) => void,
): Promise<Ended> {
  const child = spawn('bash', ['-c', GUARDED, 'siftstep', script], {
    cwd: folder,
    env: { ...process.env, ...env },
    // a group of its own, which can be killed as a whole
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve, reject) => {
    child.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        new TaskError('Command.Failed', cause.code === 'ENOENT' ? `bash cannot be started in ${folder}` : `bash: ${cause.message}`, {
          hint: 'a shell step needs bash in the PATH, and the folder must exist',
          cause,
        }),
      ),
    )
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
  const lines = keep(child.stdout, log)
  const errors = keep(child.stderr, log)
  return { ...(await ended), lines, errors }
}

/** The last lines of a stream, filled while it is read. */
function keep(stream: NodeJS.ReadableStream | null, log: (line: string) => void): readonly string[] {
  const last: string[] = []
  if (stream === null) return last
  createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) => {
    log(line)
    last.push(line)
    if (last.length > KEPT) last.shift()
  })
  return last
}
