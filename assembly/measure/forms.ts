/** Checks whether a non-missing cell fits the meaning of its column, like the patterns of lib/relational/measures/semantic-rules.ts. */

export const NO_FORM: i32 = 0
const EMAIL: i32 = 1
const PHONE: i32 = 2
const URL: i32 = 3
const UUID: i32 = 4
const IP: i32 = 5

export function hasForm(form: i32, at: usize, end: usize): bool {
  switch (form) {
    case EMAIL:
      return isEmail(at, end)
    case PHONE:
      return isPhone(at, end)
    case URL:
      return isUrl(at, end)
    case UUID:
      return isUuid(at, end)
    case IP:
      return isIp(at, end)
    default:
      return true
  }
}

export function isDigit(c: u8): bool {
  return c - 48 < 10
}

function isLetter(c: u8): bool {
  return (c | 32) - 97 < 26
}

/** Letters, digits and !#$%&'*+/=?^_`{|}~- */
function isAtom(c: u8): bool {
  if (isLetter(c) || isDigit(c)) return true
  return (
    c === 33 ||
    (c >= 35 && c <= 39) ||
    c === 42 ||
    c === 43 ||
    c === 45 ||
    c === 47 ||
    c === 61 ||
    c === 63 ||
    (c >= 94 && c <= 96) ||
    (c >= 123 && c <= 126)
  )
}

function isEmail(from: usize, end: usize): bool {
  // the limits of RFC 5321: 254 characters, 64 before the @
  if (end - from > 254) return false
  let at = from
  // atoms separated by dots
  let length = 0
  for (; at < end; at++) {
    const c = load<u8>(at)
    if (isAtom(c)) length++
    else if (length === 0 || (c !== 46 && c !== 64)) return false
    else if (c === 64) break
    else length = 0
  }
  if (at >= end || at - from > 64) return false
  at++
  // at least two labels of 1 to 63 letters, digits and hyphens, without a hyphen at either end
  let labels = 0
  let label = at
  for (; at <= end; at++) {
    const c: u8 = at < end ? load<u8>(at) : 46
    if (c === 46) {
      const size = at - label
      if (size < 1 || size > 63 || load<u8>(label) === 45 || load<u8>(at - 1) === 45) return false
      labels++
      label = at + 1
    } else if (!isLetter(c) && !isDigit(c) && c !== 45) return false
  }
  return labels >= 2
}

/** [+]?[0-9 ().-]{7,20} */
function isPhone(from: usize, end: usize): bool {
  let at = from
  if (at < end && load<u8>(at) === 43) at++
  if (end - at < 7 || end - at > 20) return false
  for (; at < end; at++) {
    const c = load<u8>(at)
    if (!isDigit(c) && c !== 32 && c !== 40 && c !== 41 && c !== 45 && c !== 46) return false
  }
  return true
}

function isSpace(c: u8): bool {
  return c === 32 || c === 9 || c === 10 || c === 12 || c === 13
}

/** http, https or ftp, `://`, a host that does not start with / $ . ? #, no white space. */
function isUrl(from: usize, end: usize): bool {
  let at = from
  if (end - at < 7) return false
  const first = load<u32>(at) | 0x20202020
  // http, ftp:
  if (first === 0x70747468) at += load<u8>(at + 4) === 115 || load<u8>(at + 4) === 83 ? 5 : 4
  else if ((first & 0xffffff) === 0x707466) at += 3
  else return false
  if (at + 4 > end || load<u8>(at) !== 58 || load<u8>(at + 1) !== 47 || load<u8>(at + 2) !== 47) return false
  at += 3
  const host = load<u8>(at)
  if (host === 47 || host === 36 || host === 46 || host === 63 || host === 35) return false
  for (; at < end; at++) if (isSpace(load<u8>(at))) return false
  return true
}

function isUuid(at: usize, end: usize): bool {
  if (end - at !== 36) return false
  for (let place: usize = 0; place < 36; place++) {
    const c = load<u8>(at + place)
    if (place === 8 || place === 13 || place === 18 || place === 23) {
      if (c !== 45) return false
    } else if (!isDigit(c) && (c | 32) - 97 >= 6) return false
  }
  return true
}

/** Four numbers of 0 to 255, of one to three digits. */
function isIp(from: usize, end: usize): bool {
  let at = from
  for (let part = 0; part < 4; part++) {
    let value: u32 = 0
    let digits = 0
    for (; at < end && isDigit(load<u8>(at)) && digits < 4; at++) {
      value = value * 10 + (load<u8>(at) - 48)
      digits++
    }
    if (digits < 1 || digits > 3 || value > 255) return false
    if (part < 3) {
      if (at >= end || load<u8>(at) !== 46) return false
      at++
    }
  }
  return at === end
}
