/** Addresses on the internet: URLs as the WHATWG standard writes them, IP addresses as RFC 5952 does. */

/** Lower-case scheme and host, no default port; path, query and fragment stay. Null for what is no web address. */
export function webAddress(text: string): string | null {
  const trimmed = text.trim()
  if (!/^(?:https?|ftp):\/\/[^\s/?#]+/i.test(trimmed) || /\s/.test(trimmed)) return null
  if (!URL.canParse(trimmed)) return null
  const { protocol, host, username, password } = new URL(trimmed)
  if (!/^[\p{L}\p{N}[][^@]*$/u.test(host)) return null
  const rest = trimmed.slice(trimmed.indexOf('//') + 2).replace(/^[^/?#]*/, '')
  const login = username === '' ? '' : `${username}${password === '' ? '' : `:${password}`}@`
  return `${protocol}//${login}${host}${rest}`
}

const OCTET = '(?:0|[1-9]\\d?|1\\d\\d|2[0-4]\\d|25[0-5])'
const IPV4 = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`)

/** `2001:db8::1` for `2001:0DB8:0:0:0:0:0:1`. An octet with a zero in front may be octal, so it is no address. */
export function ipAddress(text: string): string | null {
  const trimmed = text.trim()
  if (IPV4.test(trimmed)) return trimmed
  if (!/^[0-9a-f:.]+$/i.test(trimmed) || !trimmed.includes(':') || !URL.canParse(`http://[${trimmed}]/`)) return null
  return new URL(`http://[${trimmed}]/`).hostname.slice(1, -1)
}
