/** The settings of a notify step: a channel, and the settings of that channel. */
import * as z from 'zod'
import { CHANNELS } from '#io/channels/index.ts'

/** Settings of several channels have one meaning. */
const settings = Object.assign({}, ...CHANNELS.map((kind) => kind.settings)) as { [name: string]: z.ZodType }

/** The channels that have a setting; for the reference. */
const channelsWith = (name: string) => CHANNELS.filter((kind) => Object.hasOwn(kind.settings, name)).map((kind) => kind.name)

const described = (name: string, schema: z.ZodType) => {
  const own = channelsWith(name)
  return schema
    .optional()
    .describe(own.length === CHANNELS.length ? (schema.description ?? '') : `Of ${own.join(', ')}: ${schema.description}`)
}

export const config = z.strictObject({
  type: z.enum(CHANNELS.map(({ name }) => name) as [string, ...string[]]).describe('The channel.'),
  ...Object.fromEntries(Object.entries(settings).map(([name, schema]) => [name, described(name, schema)])),
})
