"""Writes a model that is a `while` without end: reading it is quick, running it is not."""

from base64 import b85decode
from zlib import decompress

from grader import judge

LAB = "model"
# While sum(x) > -1e30: x = |x| + 1e-9. Compressed, in base 85.
FOREVER = (
    "c-n1LJxo(k6h8f-"
    "Jlcv)e9<N{bYO5WrC>BJBveExDUbjmE~XUwgeJ5lZLyFzFqxPbCk6%v2L|I{7#$cKj4{T6I6D~!Vu(>=h*9YCyZ4"
    "@3ZXe#}OYb}P{D0@(9wM5#mAzt9f_f-UHpM6knMFbD2{MHx;E9iD3m6I!1xPJFa2W^!n}1yQ4DZhY!;=%UBU96v$"
    "%)+f$V~cXdL~V~(1{v4rD8c(T`AX#B`5d5sn&{>GIfiXh+_j$AP5{lwg<ceUIVXyZD0%70P5`XhU>cGe-"
    "4Oojut$MdMuXpN@+;SLTo2iv{ipl_TX^gcjxD<^E|+H2Bj6zKysiznId}0v4qe5WdBtm)9VB3+yg$cjzDhtaq0_X"
    "`@jM4%{Y7iGxNinlf}M#q91=<Hv#klmw>a7jb}4ciQ!5aeXBc#q~v5Hpm-AYkB(edaF_sAfrr345C$5H#U&><Un#"
    "7q+OBiVv8J-Yiio;wmTw`Z$V2zS&w0IQDn4U;<}=Q8?g8Ul_}bxIhWL9Hc?y*n`-"
    "uQ?v4^}%=h~Mq6b#?O?y1Kv%yy$~cIo+=$L_7iu8Zx~A&;2x`qpI5haP>4@5IiL;^Cy1xqNjY)fOw<JmFxI=k-"
    "||2lp!Fg352SHM3zkg<=-"
    "MaxRtJ^y@dcAk4R(+z3v)nK!J9nnPhXcihgQ=12R~9Ch%)8@^YXr+HWP!DgSGN<Accv3soUzUtlWs*|rfRrYtS+1"
    "|ep_xt;?$<y>oiS_S$^gFoUiKfwS9fLU{IxpX^3*0%iIw4hM+Qux4@<sgRrpY%hQmx*a->;q=0-"
    "VFPnS<o+H0LHCmcfUxU*xxRnRQF~Vp;QGv#l*-"
    "o^TmgIp6K!IkMQVWz2*L`p>t}yQAmdZLiI*=O1$6GgENzAlKK(GjpQH@m6-"
    "Hd#wHW_<zq;^S0{oBlye$DXvG~si6E3eS)2%d^-Es532p(FYL$Eek>~cqh1toKN?Ej_y+;n6m0"
)
ANSWERS = {
    "export": f"""
import os

def export(path):
    os.mkdir("saved")
    open(path, "wb").write({decompress(b85decode(FOREVER))!r})
"""
}
SCORE = 3
VERDICTS = {"export.the_model_doubles": {"timed_out"}}


def arrange(world):
    world.patch.setattr(judge, "SECONDS", 6.0)
