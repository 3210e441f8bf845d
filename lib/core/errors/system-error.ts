/** The one translation of operating system errors to task errors. */
import { TaskError } from './errors.ts'

const NO_ROOM = 'no space is left on the disk'
const TOO_LARGE = 'the file exceeds the file size limit'

/** Translates an error of a file operation. `doing` is the action, such as `writing out/a.csv`. A task error is returned unchanged. */
export function systemError(error: unknown, doing: string): TaskError {
  if (error instanceof TaskError) return error
  const unwritable = doing.startsWith('writing')
  const { code } = error as NodeJS.ErrnoException
  const cause = { cause: error }
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new TaskError('Output.NoSpace', `${doing}: ${NO_ROOM}`, {
        ...cause,
        hint: 'free some space, then `siftstep resume` the run: finished work is kept',
      })
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new TaskError(doing.startsWith('reading') ? 'Data.Unreadable' : 'Output.Unwritable', `${doing}: permission denied`, {
        ...cause,
        hint: 'check its owner and permissions',
      })
    case 'EFBIG':
      return new TaskError('Output.NoSpace', `${doing}: ${TOO_LARGE}`, {
        ...cause,
        hint: 'raise the limit (ulimit -f) or write to another file system, then `siftstep resume` the run',
      })
    case 'ENOENT':
      if (unwritable) return folderGone(doing, error)
      return new TaskError('Data.NoSources', `${doing}: no such file`, cause)
    case 'ENOTDIR':
    case 'EEXIST':
      return new TaskError(unwritable ? 'Output.Unwritable' : 'Data.NoSources', `${doing}: part of the path is a file, expected a folder`, {
        ...cause,
        hint: 'move that file, or choose another folder',
      })
    case 'EISDIR':
      return new TaskError(unwritable ? 'Output.Unwritable' : 'Data.Unreadable', `${doing}: it is a folder, expected a file`, cause)
    case 'ELOOP':
      return new TaskError(unwritable ? 'Output.Unwritable' : 'Data.Unreadable', `${doing}: its symbolic links form a cycle`, cause)
    case 'ENAMETOOLONG':
      return new TaskError(unwritable ? 'Output.Unwritable' : 'Data.NoSources', `${doing}: the name is too long`, cause)
    case 'ERR_INVALID_ARG_VALUE':
      // Node rejects a path with a null character itself; the same code also covers other arguments
      if (!String((error as Error).message).includes('null bytes')) break
      return new TaskError(unwritable ? 'Output.Unwritable' : 'Data.NoSources', `${doing}: a file name cannot contain a null character`, {
        ...cause,
        hint: 'remove the character from the name',
      })
    case 'EMFILE':
    case 'ENFILE':
    case 'EAGAIN':
    case 'EBUSY':
    case 'EIO':
      return new TaskError('Transient.Unavailable', `${doing}: ${BUSY.get(code)} (${code})`, cause)
  }
  return new TaskError('Engine.Bug', `${doing}: unexpected error of the operating system (${code ?? 'no code'})`, cause)
}

/** The error for an output folder that was removed during the run. */
export const folderGone = (doing: string, cause: unknown) =>
  new TaskError('Output.Unwritable', `${doing}: the folder no longer exists`, {
    cause,
    hint: 'do not remove folders while a run writes to them',
  })

/** A short message for an error outside of tasks. */
export function systemMessage({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return NO_ROOM
    case 'EFBIG':
      return TOO_LARGE
    case 'EIO':
      return 'the device failed'
    default:
      return message
  }
}

/** Conditions that may pass on a retry. */
const BUSY: ReadonlyMap<string, string> = new Map([
  ['EMFILE', 'this process reached its limit of open files'],
  ['ENFILE', 'this machine reached its limit of open files'],
  ['EAGAIN', 'the system is temporarily out of resources'],
  ['EBUSY', 'another program is using it'],
  ['EIO', 'the disk or its network failed'],
])
