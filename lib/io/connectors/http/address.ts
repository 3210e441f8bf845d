/** What an address of HTTP means, alone or with the settings of a connection. What is shown of it holds no key. */
import { TaskError } from '#core/errors/errors.ts'
import { percentDecoded } from '#core/text/address-parts.ts'
import type { AddressProblem, Options } from '../connector.ts'
import { secretName } from '../options.ts'
import { isPrivate } from './settings.ts'

export interface Place {
  /** The address for messages, accounts and lineage: without user, password and keys. */
  readonly uri: string
  /** What is requested; may hold a key in its query. */
  readonly url: URL
}

const FORM = 'write https://host/path/data.csv'

/** Names of parameters whose values are keys. */
const IS_KEY =
  /^(api[-_]?key|subscription-key|key|(access|auth|id|refresh|private|x-amz-security)?[-_]?token|sig|x-(amz|goog)-(signature|credential)|signature|client[-_]?secret|secret|password|passwd|pwd|auth)$/i

/** What is requested, from an address and the settings of the connection. Definition.InvalidSetting for what is no such place. */
export function placeOf(uri: string, options: Options): Place {
  const { url: whole } = options
  if (typeof whole === 'string') return { uri, url: wholeUrl(whole) }
  const url = parsed(uri)
  return { uri, url: withKey(url, url, options) }
}

/** The address with the key of the connection in its query, on the host of the connection and unless it is there already. */
export function withKey(at: URL, { origin }: URL, { api_key, api_key_query }: Options): URL {
  const url = new URL(at)
  const isThere = typeof api_key_query !== 'string' || url.searchParams.has(api_key_query)
  if (typeof api_key === 'string' && !isThere && url.origin === origin)
    url.search += `${url.search === '' ? '' : '&'}${encodeURIComponent(api_key_query)}=${encodeURIComponent(api_key)}`
  return url
}

/** The address that is a secret. Its error does not show it. */
function wholeUrl(whole: string): URL {
  if (/^https?:\/\//i.test(whole) && URL.canParse(whole)) return new URL(whole)
  throw new TaskError('Definition.InvalidSetting', 'the secret of `url` is no address of HTTP', { hint: FORM })
}

function parsed(uri: string): URL {
  const wrong = (why: string, hint: string) => new TaskError('Definition.InvalidSetting', `${withoutSecrets(uri)} ${why}`, { hint })
  if (!/^https?:\/\//i.test(uri) || !URL.canParse(uri))
    throw wrong('is no address of HTTP', `${FORM}; in a user or password write %40 for @, %3A for : and %2F for /`)
  const url = new URL(uri)
  if (url.username !== '' || url.password !== '')
    throw wrong(
      `holds a ${url.password === '' ? 'user' : 'password'}, which would be visible in the state machine and in the files of every run`,
      `use a connection: {type: https, base_url: "${url.origin}", user: …, password: "\${secret.NAME}"}`,
    )
  const key = keyIn(url)
  if (key !== undefined)
    throw wrong(
      `holds a key in its parameter ${key}, which would be visible in the state machine and in the files of every run`,
      `use a connection: {type: https, base_url: "${url.origin}", api_key: "\${secret.NAME}", api_key_query: ${key}}; of a signed address: {type: https, url: "\${secret.NAME}"}`,
    )
  url.hash = ''
  return url
}

const keyIn = ({ searchParams }: URL) => [...searchParams].find(([name, value]) => value !== '' && IS_KEY.test(name))?.[0]

/** An address for messages: its password and the values of its keys replaced. */
const withoutSecrets = (uri: string) =>
  uri
    .replace(/^(\w+:\/\/)[^/?#]*@/s, '$1…@')
    .replace(/([?&])([^=&#]+)=([^&#]+)/g, (all, sign: string, name: string) =>
      IS_KEY.test(percentDecoded(name)) ? `${sign}${name}=…` : all,
    )

/** Why an address cannot be used, before anything is read; undefined for one that can, and for one that has a reference in it. */
export function addressProblem(uri: string): AddressProblem | undefined {
  if (/\{[{%]/.test(uri)) return undefined
  try {
    parsed(uri)
    return undefined
  } catch (error) {
    if (!(error instanceof TaskError)) throw error
    return { what: error.message, hint: error.hint ?? FORM, secret: withoutSecrets(uri) !== uri }
  }
}

/** The address of what a connection reaches, without its secrets; also before they are known. */
export function connectionUri({ base_url, url }: Options, { endpoint, params }: Options): string {
  if (url !== undefined) {
    const more = endpoint !== undefined ? 'endpoint' : params !== undefined ? 'params' : undefined
    if (more !== undefined)
      throw new TaskError('Definition.InvalidSetting', `a connection with \`url\` names a whole address, and ${more} would change it`, {
        hint: `leave out ${more}, or give \`base_url\` in place of \`url\``,
      })
    const whole = typeof url === 'string' ? wholeUrl(url) : undefined
    return whole === undefined ? `https://${secretName(url)}/` : `${whole.origin}${whole.pathname}`
  }
  const base = String(base_url)
  const joined =
    typeof endpoint !== 'string' || endpoint === ''
      ? base
      : endpoint.startsWith('?')
        ? `${base}${endpoint}`
        : `${base.replace(/\/+$/, '')}/${endpoint.replace(/^\/+/, '')}`
  const given = Object.entries((params ?? {}) as Options).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`,
  )
  return given.length === 0 ? joined : `${joined}${joined.includes('?') ? '&' : '?'}${given.join('&')}`
}

/** The settings of a connection to the host of an address, with its user and password, and the endpoint there. */
export function connectionAt(uri: string): { readonly connection: Options; readonly at: Options } {
  const [, scheme = '', user, password, host = '', path = ''] =
    /^(https?):\/\/(?:([^/?#@:]*)(?::([^/?#@]*))?@)?([^/?#@]+)([^#]*)/is.exec(uri) ?? []
  // checks the rest as any address
  parsed(`${scheme}://${host}${path}`)
  if (user !== undefined && !isPrivate(`${scheme}://${host}`))
    throw new TaskError('Definition.InvalidSetting', `${withoutSecrets(uri)} would send a login that can be read on the way`, {
      hint: 'write https://; http:// takes a login only for a server on this machine',
    })
  return {
    connection: {
      base_url: `${scheme.toLowerCase()}://${host}`,
      ...(user === undefined ? {} : { user: percentDecoded(user) }),
      ...(password === undefined || password === '' ? {} : { password: percentDecoded(password) }),
    },
    at: path === '' || path === '/' ? {} : { endpoint: path },
  }
}
