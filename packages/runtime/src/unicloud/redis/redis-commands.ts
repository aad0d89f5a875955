/** The commands that `uniCloud.redis()` offers as methods; which of them may be used the server decides. */
export const redisCommands: readonly string[] = `
  get set setex setnx psetex getset getdel getex mget mset msetnx append strlen getrange setrange
  incr incrby incrbyfloat decr decrby setbit getbit bitcount bitop bitpos
  del unlink exists expire expireat pexpire pexpireat ttl pttl persist type rename renamenx touch keys scan randomkey
  hget hset hsetnx hmget hmset hgetall hdel hexists hincrby hincrbyfloat hkeys hvals hlen hscan hstrlen
  lpush lpushx rpush rpushx lpop rpop lrange llen lindex linsert lrem lset ltrim rpoplpush lmove
  sadd srem smembers sismember smismember scard spop srandmember smove sdiff sdiffstore sinter sinterstore sunion
  sunionstore sscan
  zadd zrem zscore zmscore zincrby zcard zcount zrange zrevrange zrangebyscore zrevrangebyscore zrangebylex zrank
  zrevrank zremrangebyrank zremrangebyscore zpopmin zpopmax zunionstore zinterstore zscan
  geoadd geopos geodist geohash georadius geosearch pfadd pfcount pfmerge
  xadd xlen xrange xrevrange xdel xtrim
  eval evalsha script echo ping time
`
  .trim()
  .split(/\s+/)
