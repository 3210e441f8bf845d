/** Unpacks one member of a zip archive. */
import { preview } from '#core/text/preview.ts'
import { TaskError } from '#core/errors/errors.ts'
import { nearest } from '#core/text/nearest.ts'
import type { Unpack } from './compression.ts'
import { zipOptions } from './zip-options.ts'
import { type ZipMember, zipMembers } from './zip-members.ts'

export const unzip: Unpack = async (from, to, { uri, settings }) => {
  const { member } = zipOptions.parse(settings['member'] === undefined ? {} : { member: settings['member'] })
  const chosen = choose(await zipMembers(from, uri), member, uri)
  for await (const block of chosen.blocks()) await to.write(block)
  return { notes: [], part: chosen.name }
}

/** What systems leave in an archive beside its data. */
const isData = ({ name }: ZipMember) => !/^__MACOSX\/|(^|\/)(\.[^/]*|Thumbs\.db|desktop\.ini)$/.test(name)

function choose(members: readonly ZipMember[], wanted: string | undefined, uri: string): ZipMember {
  const named = members.find(({ name }) => name === wanted)
  if (named !== undefined) return named
  const data = members.filter(isData)
  const names = data.map(({ name }) => name)
  const listed = preview(names)
  if (wanted !== undefined) {
    const near = nearest(wanted, names)
    throw new TaskError('Data.Unreadable', `${uri} has no member ${JSON.stringify(wanted)}`, {
      hint: `${near === undefined ? '' : `did you mean ${JSON.stringify(near)}? `}it holds ${listed}`,
    })
  }
  const [only] = data
  if (only === undefined)
    throw new TaskError('Data.Unreadable', `${uri} is an archive without a file`, { hint: 'name a file that holds data' })
  if (data.length === 1) return only
  throw new TaskError('Data.UnsupportedFormat', `${uri} is a zip archive of ${names.length} files, and one is read at a time: ${listed}`, {
    hint: 'set member in the source to one of them, or extract the archive and name the files',
  })
}
