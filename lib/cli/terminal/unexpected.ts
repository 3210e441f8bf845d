/** Prints an unexpected error in two lines and writes its details to a file. */
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { detailsOf, foreignError } from '#core/errors/foreign-error.ts'
import type { Terminal } from './terminal.ts'
import { version } from './version.ts'

export function printUnexpected(error: unknown, { err, now }: Pick<Terminal, 'err' | 'now'>): void {
  const { name, message, hint } = foreignError(error, 'working on files')
  // an error of the operating system is reported as such: it is not a defect
  if (name !== 'Engine.Bug') {
    err(`siftstep: ${message} (${name})\n${hint === undefined ? '' : `  hint: ${hint}\n`}`)
    return
  }
  const details = detailsOf(error)
  err(`siftstep: internal error: an unexpected error ended the command\n`)
  err(`  hint: ${placeOf(details, now())}; if a run was in progress, resume it: siftstep runs lists it\n`)
}

function placeOf(details: readonly string[], now: Date): string {
  const path = join(tmpdir(), `siftstep-error-${now.toISOString().replace(/[-:.]/g, '')}-${process.pid}.log`)
  try {
    writeFileSync(path, `siftstep ${version}, Node.js ${process.version}, ${process.platform} ${process.arch}\n${details.join('\n')}\n`, {
      mode: 0o600,
      flag: 'wx',
    })
    return `report it with the details in ${path}`
  } catch {
    // if the file cannot be written either, the first line must do
    return `report it with this message: ${details[0] ?? ''}`
  }
}
