// Praktikum Betriebssysteme, Blatt 5: Signale
// Kompiliert mit g++ -std=c++98
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <signal.h>
#include <sys/select.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

namespace
{
    volatile sig_atomic_t anfragen = 0, antworten = 0, schluss = 0, abbruch = 0, kind_tot = 0;

    // Nur write(): alles andere waere im Handler verboten.
    void melde(const char *text)
    {
        if (write(2, text, std::strlen(text)) < 0) { /* dann eben nicht */ }
    }

    extern "C" void behandle(int s)
    {
        const int alt = errno;
        if (s == SIGUSR1) ++anfragen;
        if (s == SIGUSR2) ++antworten;
        if (s == SIGTERM) { schluss = 1; melde("Kind: Feierabend\n"); }
        if (s == SIGINT)  { abbruch = 1; melde("Vater: Abbruch\n"); }
        if (s == SIGCHLD) kind_tot = 1;
        errno = alt;
    }

    class Fehler
    {
    public:
        explicit Fehler(const char *was) : was_(was), nummer_(errno) {}
        void zeige() const { std::fprintf(stderr, "signals: %s: %s\n", was_, std::strerror(nummer_)); }
    private:
        const char *was_;
        int nummer_;
    };

    class Maske
    {
    public:
        Maske()
        {
            static const int nummern[] = { SIGINT, SIGUSR1, SIGUSR2, SIGTERM, SIGCHLD };
            sigset_t zu;
            sigemptyset(&zu);
            for (int i = 0; i < 5; ++i) sigaddset(&zu, nummern[i]);
            if (sigprocmask(SIG_BLOCK, &zu, &offen_) == -1) throw Fehler("sigprocmask");
            struct sigaction a;
            std::memset(&a, 0, sizeof a);
            a.sa_handler = behandle;
            for (int i = 0; i < 5; ++i)
            {
                sigdelset(&offen_, nummern[i]);
                if (sigaction(nummern[i], &a, 0) == -1) throw Fehler("sigaction");
            }
        }
        // Wartet auf ein Signal; Pruefen und Warten sind fuer den Kern eins.
        void warte() const
        {
            if (pselect(0, 0, 0, 0, 0, &offen_) == -1 && errno != EINTR) throw Fehler("pselect");
        }
    private:
        sigset_t offen_;
    };

    int kind(const Maske &maske, pid_t vater)
    {
        while (!schluss)
        {
            if (anfragen == 0) { maske.warte(); continue; }
            anfragen = 0;
            if (kill(vater, SIGUSR2) == -1) throw Fehler("kill im Kind");
        }
        return 0;
    }

    class Kindprozess
    {
    public:
        explicit Kindprozess(const Maske &maske)
        {
            const pid_t vater = getpid();
            pid_ = fork();
            if (pid_ == -1) throw Fehler("fork");
            if (pid_ != 0) return;
            int ende = 1;
            try { ende = kind(maske, vater); }
            catch (const Fehler &f) { f.zeige(); }
            _exit(ende);
        }
        ~Kindprozess()
        {
            if (pid_ == 0) return;
            kill(pid_, SIGKILL);
            waitpid(pid_, 0, 0);
        }
        void schicke(int s) { if (kill(pid_, s) == -1) throw Fehler("kill"); }
        int warte()
        {
            int status;
            while (waitpid(pid_, &status, 0) == -1)
                if (errno != EINTR) throw Fehler("waitpid");
            pid_ = 0;
            return status;
        }
    private:
        pid_t pid_;
        Kindprozess(const Kindprozess &);
        Kindprozess &operator=(const Kindprozess &);
    };

    int spiele(int runden)
    {
        const Maske maske;
        Kindprozess k(maske);
        int gespielt = 0;
        while (gespielt < runden && !abbruch)
        {
            k.schicke(SIGUSR1);
            while (!antworten && !abbruch && !kind_tot) maske.warte();
            if (antworten) { antworten = 0; ++gespielt; }
            else if (kind_tot) { errno = ESRCH; throw Fehler("das Kind ist tot"); }
        }
        if (runden == 0)    // dann hat noch niemand nach SIGINT gesehen
        {
            sigset_t da;
            if (sigpending(&da) == -1) throw Fehler("sigpending");
            if (sigismember(&da, SIGINT)) abbruch = 1;
        }
        k.schicke(SIGTERM);
        if (k.warte() != 0) { errno = ESRCH; throw Fehler("das Kind ist nicht sauber zu Ende gegangen"); }
        if (std::printf("%s %d\n", abbruch ? "interrupted" : "rounds", gespielt) < 0 || std::fflush(stdout) != 0)
            throw Fehler("stdout");
        return abbruch ? 1 : 0;
    }
}

int main(int argc, char *argv[])
{
    int n = 0;
    const char *z = argc == 2 ? argv[1] : "";
    if (*z == '\0') n = -1;
    for (; *z != '\0' && n >= 0; ++z)
    {
        if (*z < '0' || *z > '9') { n = -1; break; }
        n = 10 * n + (*z - '0');
        if (n > 100000) n = -1;
    }
    if (n < 0)
    {
        std::fprintf(stderr, "Aufruf: signals N mit 0 <= N <= 100000\n");
        return 2;
    }
    try { return spiele(n); }
    catch (const Fehler &f) { f.zeige(); return 1; }
}
