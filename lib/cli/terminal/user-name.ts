/** Who uses this machine, for what is written down with a name. */
import { userInfo } from 'node:os'
import type { Terminal } from './terminal.ts'

export function nameOfUser({ env }: Pick<Terminal, 'env'>): string {
  const { USER, USERNAME } = env
  if (USER !== undefined && USER !== '') return USER
  if (USERNAME !== undefined && USERNAME !== '') return USERNAME
  try {
    return userInfo().username
  } catch {
    // a user id without a name, as in some containers
    return 'unknown'
  }
}
