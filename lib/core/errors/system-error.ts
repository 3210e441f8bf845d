/** The one translation of operating system errors to task errors. */
import { TaskError } from './errors.ts'

const NO_ROOM = 'there is no room left on the disk'
const TOO_LARGE = 'the file grew larger than files may be here'

/** What an error of a file operation means; `doing` says what was tried: `writing out/a.csv`. A task error passes as it is. */
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
        hint: 'free some room, then `siftstep resume` the run: what is finished is kept',
      })
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new TaskError(doing.startsWith('reading') ? 'Data.Unreadable' : 'Output.Unwritable', `${doing}: permission denied`, {
        ...cause,
        hint: 'check who owns it and who may read or write it',
      })
    case 'EFBIG':
      return new TaskError('Output.NoSpace', `${doing}: ${TOO_LARGE}`, {
        ...cause,
        hint: 'raise the limit (ulimit -f) or write to another file system, then `siftstep resume` the run',
      })
    case 'ENOENT':
      if (unwritable) return folderGone(doing, error)
      return new TaskError('Data.NoSources', `${doing}: there is no such file`, cause)
    case 'ENOTDIR':
    case 'EEXIST':
      return new TaskError(
        unwritable ? 'Output.Unwritable' : 'Data.NoSources',
        `${doing}: a part of the path is a file, where a folder is needed`,
        { ...cause, hint: 'move that file, or choose another folder' },
      )
    case 'EISDIR':
      return new TaskError(unwritable ? 'Output.Unwritable' : 'Data.Unreadable', `${doing}: it is a folder, where a file is needed`, cause)
    case 'ELOOP':
      return new TaskError(unwritable ? 'Output.Unwritable' : 'Data.Unreadable', `${doing}: its symbolic links go round in a circle`, cause)
    case 'ENAMETOOLONG':
      return new TaskError(unwritable ? 'Output.Unwritable' : 'Data.NoSources', `${doing}: the name is longer than names may be`, cause)
    case 'ERR_INVALID_ARG_VALUE':
      // Node refuses a path with a null character before the system sees it; by this code it refuses other things, too
      if (!String((error as Error).message).includes('null bytes')) break
      return new TaskError(unwritable ? 'Output.Unwritable' : 'Data.NoSources', `${doing}: no file can have a null character in its name`, {
        ...cause,
        hint: 'take the character out of the name',
      })
    case 'EMFILE':
    case 'ENFILE':
    case 'EAGAIN':
    case 'EBUSY':
    case 'EIO':
      return new TaskError('Transient.Unavailable', `${doing}: ${BUSY.get(code)} (${code})`, cause)
  }
  return new TaskError('Engine.Bug', `${doing}: the operating system refused it (${code ?? 'no code'})`, cause)
}

/** The folder that is written to was removed. */
export const folderGone = (doing: string, cause: unknown) =>
  new TaskError('Output.Unwritable', `${doing}: the folder is not there any more`, {
    cause,
    hint: 'let nothing remove folders while a run writes to them',
  })

/** What went wrong, in a few words, for what no task does. */
export function systemMessage({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return NO_ROOM
    case 'EFBIG':
      return TOO_LARGE
    case 'EIO':
      return 'the device does not answer as it should'
    default:
      return message
  }
}

/** What may be over when it is tried again. */
const BUSY: ReadonlyMap<string, string> = new Map([
  ['EMFILE', 'this process has as many files open as it may'],
  ['ENFILE', 'as many files are open on this machine as may be'],
  ['EAGAIN', 'the system has no room for it at the moment'],
  ['EBUSY', 'something else is using it'],
  ['EIO', 'the disk, or the network it hangs on, failed'],
])
