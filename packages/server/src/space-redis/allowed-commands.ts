/**
 * The commands that functions may use, in lower case: data and scripts. None that blocks, subscribes, administers,
 * watches or changes the connection, for one connection serves all calls of a space.
 */
export const allowedCommands: ReadonlySet<string> = new Set(
  [
    'get set setex setnx psetex getset getdel getex mget mset msetnx append strlen getrange setrange substr lcs',
    'incr incrby incrbyfloat decr decrby setbit getbit bitcount bitop bitpos bitfield bitfield_ro',
    'del unlink exists expire expireat pexpire pexpireat expiretime pexpiretime ttl pttl persist type rename renamenx',
    'touch keys scan randomkey copy dbsize echo ping time',
    'hget hset hsetnx hmget hmset hgetall hdel hexists hincrby hincrbyfloat hkeys hvals hlen hscan hstrlen hrandfield',
    'lpush lpushx rpush rpushx lpop rpop lrange llen lindex linsert lpos lrem lset ltrim rpoplpush lmove lmpop',
    'sadd srem smembers sismember smismember scard spop srandmember smove sdiff sdiffstore sinter sintercard',
    'sinterstore sunion sunionstore sscan',
    'zadd zrem zscore zmscore zincrby zcard zcount zlexcount zrange zrangestore zrevrange zrangebyscore',
    'zrevrangebyscore zrangebylex zrevrangebylex zrank zrevrank zremrangebyrank zremrangebyscore zremrangebylex',
    'zpopmin zpopmax zmpop zrandmember zunion zunionstore zinter zinterstore zdiff zdiffstore zscan',
    'geoadd geopos geodist geohash georadius georadius_ro geosearch geosearchstore pfadd pfcount pfmerge',
    'xadd xlen xrange xrevrange xdel xtrim',
    'eval evalsha eval_ro evalsha_ro script',
  ].flatMap((line) => line.split(' ')),
)

/** Of commands with commands of their own the ones that functions may use. */
export const allowedSubcommands: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['script', new Set(['load', 'exists'])],
])
