/** The forms of the cleaner normalize: what becomes what, and what is none of the form. */
import { describe, expect, it } from 'vitest'
import { ipAddress, webAddress } from '#steps/clean/forms/address.ts'
import { coordinates } from '#steps/clean/forms/coordinates.ts'
import { countryCode, countryName } from '#steps/clean/forms/country.ts'

const CASES: readonly (readonly [(text: string) => string | null, string, string | null])[] = [
  [countryCode, 'Germany', 'DE'],
  [countryCode, 'gErMaNy ', 'DE'],
  [countryCode, 'de', 'DE'],
  [countryCode, 'U.S.A.', 'US'],
  [countryCode, 'UK', 'GB'],
  [countryCode, "Côte d'Ivoire", 'CI'],
  [countryCode, 'cote d ivoire', 'CI'],
  [countryCode, 'Bosnia and Herzegovina', 'BA'],
  [countryCode, 'northern ireland', null],
  [countryCode, 'EU', null],
  [countryCode, 'constructor', null],
  [countryCode, '', null],
  [countryName, 'bz', 'Belize'],
  [countryName, 'bzz', null],
  [webAddress, 'HTTPS://Example.ORG:443/A?b=%C3#D', 'https://example.org/A?b=%C3#D'],
  [webAddress, 'http://example.org', 'http://example.org'],
  [webAddress, 'http://example.org:8080/', 'http://example.org:8080/'],
  [webAddress, 'example.org', null],
  [webAddress, 'javascript:alert(1)', null],
  [webAddress, 'http://a b', null],
  [webAddress, 'http://', null],
  [ipAddress, '192.168.0.1', '192.168.0.1'],
  [ipAddress, '192.168.0.01', null],
  [ipAddress, '256.1.1.1', null],
  [ipAddress, '2001:0db8:85a3:0000:0000:8a2e:0370:7334', '2001:db8:85a3::8a2e:370:7334'],
  [ipAddress, '::1', '::1'],
  [ipAddress, '1:2', null],
  [ipAddress, 'example', null],
  [coordinates, '41.5;-81.0', '41.5, -81'],
  [coordinates, '(41.5, -81.0)', '41.5, -81'],
  [coordinates, '41.5° N, 81.0° W', '41.5, -81'],
  [coordinates, '81 W 41.5 N', '41.5, -81'],
  [coordinates, '41.5 S;81.0 E', '-41.5, 81'],
  [coordinates, '-41.5 S;81.0 E', null],
  [coordinates, '23 26m 22s N 23 27m 30s E', '23.439444, 23.458333'],
  [coordinates, '23°26\'22" N 23°27\'30" E', '23.439444, 23.458333'],
  [coordinates, "41° 75' N, 81° W", null],
  [coordinates, '95, 3', null],
  [coordinates, 'N 1 N 2', null],
  [coordinates, '12', null],
]

describe('normalize', () => {
  it.each(CASES)('%o of %j is %j', (form, before, after) => {
    expect(form(before)).toBe(after)
  })

  it('leaves what it wrote as it is', () => {
    for (const [form, , after] of CASES) if (after !== null) expect(form(after)).toBe(after)
  })
})
