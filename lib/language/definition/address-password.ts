/** The password in an address: where it stands, and the secret that it is. */

/** From and to, in the text of the address; undefined if it has none. */
export function passwordPlace(uri: string): readonly [number, number] | undefined {
  const [, before = '', password] = /^([a-z][a-z0-9+.-]+:\/\/[^/@:?#]*:)([^/?#]*)@/i.exec(uri) ?? []
  return password === undefined || password === '' ? undefined : [before.length, before.length + password.length]
}

/** The name of the secret that is the password, and where its `${…}` begins; undefined for another password, and for none. */
export function passwordSecret(uri: string): { readonly name: string; readonly start: number } | undefined {
  const place = passwordPlace(uri)
  const [, name] = place === undefined ? [] : (/^\$\{\s*secret\.([\w-]+)\s*\}$/.exec(uri.slice(...place)) ?? [])
  return name === undefined || place === undefined ? undefined : { name, start: place[0] }
}
