/** An engine for a moment: with a temporary folder of its own, for work that reads no files. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSession, type Session } from './session.ts'

/** `memory` is in bytes. The session is closed and its folder removed, however the work ends. */
export async function inScratchSession<Result>(memory: number, work: (session: Session) => Promise<Result>): Promise<Result> {
  const scratch = await mkdtemp(join(tmpdir(), 'siftstep-engine-'))
  try {
    const session = await openSession({ memory, scratch, folders: [] })
    try {
      return await work(session)
    } finally {
      session.close()
    }
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}
