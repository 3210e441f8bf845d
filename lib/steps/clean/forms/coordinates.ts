/** Pairs of latitude and longitude, in degrees with a point. */

const NUMBER = '\\d{1,3}(?:\\.\\d+)?'
const DEGREES = `(?<sign>[+\\-\u2212])?(?<degrees>${NUMBER})\\s*[°º]?(?:\\s*(?<minutes>\\d{1,2}(?:\\.\\d+)?)\\s*(?:['\u2032\u2019]|m(?:in)?\\b))?(?:\\s*(?<seconds>\\d{1,2}(?:\\.\\d+)?)\\s*(?:["\u2033\u201d]|''|s(?:ec)?\\b))?`
const HALF = new RegExp(`^(?:(?<before>[NSEW])\\s*)?${DEGREES}(?:\\s*(?<after>[NSEW]))?$`, 'i')

/** `41.5, -81` for `41.5° N, 81.0° W` and `41°30' N 81° W`; null for what is no pair of coordinates. */
export function coordinates(text: string): string | null {
  const pair = halves(text.trim().replace(/^[[(](.*)[\])]$/s, '$1'))
  const [first, second] = pair?.map(degreesOf) ?? []
  if (first == null || second == null) return null
  const isTurned = first.axis === 'longitude' && second.axis === 'latitude'
  if (!isTurned && (first.axis === 'longitude' || second.axis === 'latitude')) return null
  const [latitude, longitude] = isTurned ? [second.value, first.value] : [first.value, second.value]
  if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return null
  return `${latitude}, ${longitude}`
}

/** At a comma, semicolon or slash, after a letter of the compass, or at the only space. */
function halves(text: string): readonly string[] | null {
  for (const mark of [';', ',', '/']) {
    const parts = text.split(mark)
    if (parts.length === 2) return parts.map((part) => part.trim())
  }
  const [, first, second] =
    /^(.*\d.*?[NSEW])\s+(.*\d.*[NSEW])$/.exec(text) ?? /^([NSEW].*\d\S*)\s+([NSEW].*)$/i.exec(text) ?? /^(\S+)\s+(\S+)$/.exec(text) ?? []
  return first === undefined || second === undefined ? null : [first, second]
}

interface Half {
  readonly axis: 'latitude' | 'longitude' | null
  readonly value: number
}

function degreesOf(text: string): Half | null {
  const groups = HALF.exec(text)?.groups
  if (groups === undefined) return null
  const { before, after, sign, degrees = '', minutes, seconds } = groups
  const letter = (before ?? after)?.toUpperCase()
  if ((before !== undefined && after !== undefined) || (letter !== undefined && sign === '-')) return null
  const [whole, sixtieth, last] = [Number(degrees), Number(minutes ?? 0), Number(seconds ?? 0)]
  if (sixtieth >= 60 || last >= 60) return null
  // six digits are a tenth of a metre
  const value = Number((whole + sixtieth / 60 + last / 3600).toFixed(minutes === undefined && seconds === undefined ? 15 : 6))
  const axis = letter === undefined ? null : letter === 'N' || letter === 'S' ? 'latitude' : 'longitude'
  return { axis, value: letter === 'S' || letter === 'W' || sign === '-' || sign === '\u2212' ? -value : value }
}
