/** The one translation of operating system errors to task errors. */
import { TaskError } from './errors.ts'

/** What an error of a file operation means; `doing` says what was tried: `writing out/a.csv`. A task error passes as it is. */
export function systemError(error: unknown, doing: string): TaskError {
  if (error instanceof TaskError) return error
  const { code, message } = error as NodeJS.ErrnoException
  const cause = { cause: error }
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new TaskError('Output.NoSpace', `${doing}: there is no room left on the disk`, {
        ...cause,
        hint: 'free some room, then `siftstep resume` the run: what is finished is kept',
      })
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new TaskError(doing.startsWith('reading') ? 'Data.Unreadable' : 'Output.Unwritable', `${doing}: permission denied`, {
        ...cause,
        hint: 'check who owns it and who may read or write it',
      })
    case 'ENOENT':
      return new TaskError('Data.NoSources', `${doing}: there is no such file`, cause)
    case 'EMFILE':
    case 'ENFILE':
    case 'EAGAIN':
    case 'EBUSY':
    case 'EIO':
      return new TaskError('Transient.Unavailable', `${doing}: ${message}`, cause)
    default:
      return new TaskError('Engine.Bug', `${doing}: ${message}`, cause)
  }
}
