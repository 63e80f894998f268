# TA-Lib's side of `npm run bench -- analytics batch`. Reads columns of doubles (open, high, low, close, volume) from a
# file, then a line per request: {"name", "write"}; answers {"ms"} after computing all rows once, outputs allocated as
# TA-Lib's Python interface does. With "write" the outputs go to that file, one after the other.
import json, sys, time
import numpy as np
import talib as ta

columns = np.fromfile(sys.argv[1], dtype=np.float64).reshape(5, -1)
o, h, l, c, v = [np.ascontiguousarray(column) for column in columns]
RUN = {
    'SMA': lambda: ta.SMA(c, 20), 'EMA': lambda: ta.EMA(c, 20), 'WMA': lambda: ta.WMA(c, 20), 'DEMA': lambda: ta.DEMA(c, 20),
    'TEMA': lambda: ta.TEMA(c, 20), 'KAMA': lambda: ta.KAMA(c, 10), 'RSI': lambda: ta.RSI(c, 14), 'CMO': lambda: ta.CMO(c, 14),
    'STOCHRSI': lambda: ta.STOCHRSI(c, 14, 5, 3, 0), 'STOCH': lambda: ta.STOCH(h, l, c, 5, 3, 0, 3, 0), 'WILLR': lambda: ta.WILLR(h, l, c, 14),
    'CCI': lambda: ta.CCI(h, l, c, 20), 'ULTOSC': lambda: ta.ULTOSC(h, l, c, 7, 14, 28), 'MOM': lambda: ta.MOM(c, 10),
    'ROC': lambda: ta.ROC(c, 10), 'TRIX': lambda: ta.TRIX(c, 30), 'MACD': lambda: ta.MACD(c, 12, 26, 9), 'PPO': lambda: ta.PPO(c, 12, 26, 1),
    'BBANDS': lambda: ta.BBANDS(c, 20, 2, 2), 'STDDEV': lambda: ta.STDDEV(c, 5, 1), 'LINEARREG': lambda: ta.LINEARREG(c, 14),
    'ATR': lambda: ta.ATR(h, l, c, 14), 'NATR': lambda: ta.NATR(h, l, c, 14), 'PLUS_DI': lambda: ta.PLUS_DI(h, l, c, 14),
    'MINUS_DI': lambda: ta.MINUS_DI(h, l, c, 14), 'ADX': lambda: ta.ADX(h, l, c, 14), 'AROON': lambda: ta.AROON(h, l, 14)[::-1],
    'SAR': lambda: ta.SAR(h, l, 0.02, 0.2), 'OBV': lambda: ta.OBV(c, v), 'AD': lambda: ta.AD(h, l, c, v), 'MFI': lambda: ta.MFI(h, l, c, v, 14),
}
print(json.dumps({'version': f'TA-Lib {ta.__version__} (C {ta.__ta_version__.decode().split(" ")[0]})'}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    run = RUN[request['name']]
    started = time.perf_counter()
    result = run()
    took = (time.perf_counter() - started) * 1000
    if request.get('write'):
        outputs = result if isinstance(result, (tuple, list)) else (result,)
        np.concatenate(outputs).tofile(request['write'])
    print(json.dumps({'ms': took}), flush=True)
